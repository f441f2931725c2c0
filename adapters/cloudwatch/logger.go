package cloudwatch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/adapters/rawjson"
)

// NewLogger makes a logger that writes one JSON object a line with the keys of Powertools for AWS Lambda: timestamp,
// level, message, service and, where the context is that of an invocation, function_request_id and xray_trace_id.
//
// It writes what slog.JSONHandler would, which takes more than twice as long.
func NewLogger(w io.Writer, level slog.Level, service string) *slog.Logger {
	return slog.New(&handler{out: &lines{w: w}, level: level}).With("service", service)
}

// lines is what all loggers that are made of one write to.
type lines struct {
	mu  sync.Mutex
	w   io.Writer
	buf []byte // kept from line to line
}

// handler is the slog.Handler of NewLogger.
type handler struct {
	out    *lines
	level  slog.Level
	preset []byte   // attributes of all lines, and the groups that are begun among them, each behind a comma
	begun  int      // how many groups are begun in preset
	groups []string // that are begun where the next attribute is; without one they are left out
}

// Enabled implements slog.Handler.
func (h *handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.preset = slices.Clip(h.preset)
	for _, a := range attrs {
		with.add(&with.preset, a)
	}
	return &with
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	with := *h
	with.groups = append(slices.Clip(h.groups), name)
	return &with
}

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	h.out.mu.Lock()
	defer h.out.mu.Unlock()
	b := append(h.out.buf[:0], '{')
	if !r.Time.IsZero() {
		b = append(b, `"timestamp":"`...)
		b = append(r.Time.AppendFormat(b, time.RFC3339Nano), `",`...)
	}
	b = append(b, `"level":"`...)
	b = append(b, r.Level.String()...)
	b = rawjson.AppendString(append(b, `","message":`...), r.Message)
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		b = rawjson.AppendString(append(b, `,"function_request_id":`...), lc.AwsRequestID)
		b = rawjson.AppendString(append(b, `,"xray_trace_id":`...), traceRoot(ctx))
	}
	b = append(b, h.preset...)
	line := *h // its groups begin with the first attribute
	r.Attrs(func(a slog.Attr) bool {
		line.add(&b, a)
		return true
	})
	for range line.begun {
		b = append(b, '}')
	}
	b = append(b, "}\n"...)
	if h.out.buf = b; cap(b) > maxKept {
		h.out.buf = nil
	}
	_, err := h.out.w.Write(b)
	return err
}

// maxKept is how large a buffer may be, in bytes, to be kept for the next line.
const maxKept = 16 << 10

// add appends a to b, and the groups that wait for it.
func (h *handler) add(b *[]byte, a slog.Attr) {
	if a.Value = a.Value.Resolve(); empty(a) {
		return
	}
	for _, group := range h.groups {
		*b = append(appendKey(*b, group), '{')
		h.begun++
	}
	h.groups = nil
	*b = appendAttr(*b, a)
}

// empty reports whether nothing is to be written of a, which slog demands for some.
func empty(a slog.Attr) bool {
	if a.Value.Kind() != slog.KindGroup {
		return a.Equal(slog.Attr{})
	}
	return !slices.ContainsFunc(a.Value.Group(), func(member slog.Attr) bool {
		member.Value = member.Value.Resolve()
		return !empty(member)
	})
}

func appendAttr(b []byte, a slog.Attr) []byte {
	switch {
	case empty(a):
		return b
	case a.Value.Kind() == slog.KindGroup && a.Key == "":
		return appendGroup(b, a.Value.Group())
	}
	b = appendKey(b, a.Key)
	if a.Value.Kind() == slog.KindGroup {
		return append(appendGroup(append(b, '{'), a.Value.Group()), '}')
	}
	return appendValue(b, a.Value)
}

// appendKey appends the name of a member, and the comma before it.
func appendKey(b []byte, key string) []byte {
	if len(b) == 0 || b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(rawjson.AppendString(b, key), ':')
}

func appendGroup(b []byte, attrs []slog.Attr) []byte {
	for _, a := range attrs {
		a.Value = a.Value.Resolve()
		b = appendAttr(b, a)
	}
	return b
}

func appendValue(b []byte, v slog.Value) []byte {
	switch v.Kind() {
	case slog.KindString:
		return rawjson.AppendString(b, v.String())
	case slog.KindInt64:
		return strconv.AppendInt(b, v.Int64(), 10)
	case slog.KindUint64:
		return strconv.AppendUint(b, v.Uint64(), 10)
	case slog.KindBool:
		return strconv.AppendBool(b, v.Bool())
	case slog.KindDuration:
		return strconv.AppendInt(b, int64(v.Duration()), 10)
	case slog.KindTime:
		return append(v.Time().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
	case slog.KindFloat64:
		if f := math.Abs(v.Float64()); f == 0 || 1e-6 <= f && f < 1e21 { // else it is written with an exponent
			return strconv.AppendFloat(b, v.Float64(), 'f', -1, 64)
		}
	}
	return appendAny(b, v.Any())
}

// appendAny appends what is rare. A value that panics costs the line nothing else.
func appendAny(b []byte, v any) (line []byte) {
	defer func() {
		if r := recover(); r != nil {
			told := fmt.Sprintf("!PANIC: %v", r)
			if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && p.IsNil() {
				told = "<nil>"
			}
			line = rawjson.AppendString(b, told)
		}
	}()
	if err, ok := v.(error); ok {
		if _, own := v.(json.Marshaler); !own {
			return rawjson.AppendString(b, err.Error())
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return rawjson.AppendString(b, "!ERROR:"+err.Error())
	}
	return append(b, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...)
}
