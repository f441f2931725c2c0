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

// NewLogger returns a logger that writes one JSON object a line with the keys of Powertools for AWS Lambda: timestamp (in
// UTC), level, message, service and, in the context of an invocation, function_request_id and xray_trace_id.
//
// Values are those of slog.JSONHandler. That handler renames keys by a call for each attribute, which would add 15 % to the
// CPU time of a POST /user.
func NewLogger(w io.Writer, level slog.Level, service string) *slog.Logger {
	return slog.New(&handler{out: &lineWriter{w: w}, level: level}).With("service", service)
}

// lineWriter serializes the writes of a logger and of those derived from it. A line is complete before it is locked, since
// values may log lines themselves.
type lineWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lineWriter) write(line []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.w.Write(line)
	return err
}

// buffers are reused for lines.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxPooled is the maximum size in bytes of a buffer that is reused.
const maxPooled = 16 << 10

// handler is the slog.Handler of NewLogger.
type handler struct {
	out    *lineWriter
	level  slog.Level
	preset []byte   // the attributes of WithAttrs, and the groups opened among them, each after a comma
	open   int      // how many groups are open in preset
	groups []string // opened by the next attribute; groups without attributes are omitted
}

// Enabled implements slog.Handler.
func (h *handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.preset = slices.Clip(h.preset)
	for _, a := range attrs {
		with.preset = with.add(with.preset, a)
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
	buffer := buffers.Get().(*[]byte)
	b := h.appendLine(ctx, (*buffer)[:0], r)
	err := h.out.write(b)
	if *buffer = b; cap(b) <= maxPooled {
		buffers.Put(buffer)
	}
	return err
}

func (h *handler) appendLine(ctx context.Context, b []byte, r slog.Record) []byte {
	b = append(b, '{')
	if !r.Time.IsZero() {
		b = append(b, `"timestamp":"`...)
		b = append(r.Time.UTC().AppendFormat(b, time.RFC3339Nano), `",`...)
	}
	b = append(b, `"level":"`...)
	b = append(b, r.Level.String()...)
	b = rawjson.AppendString(append(b, `","message":`...), r.Message)
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		b = rawjson.AppendString(append(b, `,"function_request_id":`...), lc.AwsRequestID)
		b = rawjson.AppendString(append(b, `,"xray_trace_id":`...), traceRoot(ctx))
	}
	b = append(b, h.preset...)
	line := *h
	r.Attrs(func(a slog.Attr) bool {
		b = line.add(b, a)
		return true
	})
	for range line.open {
		b = append(b, '}')
	}
	return append(b, "}\n"...)
}

// add appends the groups that are not open yet, and a.
func (h *handler) add(b []byte, a slog.Attr) []byte {
	before := len(b)
	for _, group := range h.groups {
		b = append(appendKey(b, group), '{')
	}
	empty := len(b)
	if b = appendAttr(b, a); len(b) == empty {
		return b[:before]
	}
	h.open += len(h.groups)
	h.groups = nil
	return b
}

// appendAttr appends nothing for an empty attribute or an empty group.
func appendAttr(b []byte, a slog.Attr) []byte {
	a.Value = a.Value.Resolve()
	switch {
	case a.Equal(slog.Attr{}):
		return b
	case a.Value.Kind() == slog.KindGroup:
		return appendGroup(b, a.Key, a.Value.Group())
	}
	return appendValue(appendKey(b, a.Key), a.Value)
}

// appendGroup appends a group; without a name, only its members.
func appendGroup(b []byte, name string, members []slog.Attr) []byte {
	before := len(b)
	if name != "" {
		b = append(appendKey(b, name), '{')
	}
	empty := len(b)
	for _, a := range members {
		b = appendAttr(b, a)
	}
	switch {
	case len(b) == empty:
		return b[:before]
	case name == "":
		return b
	}
	return append(b, '}')
}

// appendKey appends a comma, if one is needed, and a key.
func appendKey(b []byte, key string) []byte {
	if len(b) == 0 || b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(rawjson.AppendString(b, key), ':')
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
		if f := math.Abs(v.Float64()); f == 0 || 1e-6 <= f && f < 1e21 { // others have an exponent
			return strconv.AppendFloat(b, v.Float64(), 'f', -1, 64)
		}
	}
	return appendAny(b, v.Any())
}

// appendAny appends a value of any other type. A panic of the value does not affect the rest of the line.
func appendAny(b []byte, v any) (line []byte) {
	defer func() {
		if r := recover(); r != nil {
			text := fmt.Sprintf("!PANIC: %v", r)
			if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && p.IsNil() {
				text = "<nil>"
			}
			line = rawjson.AppendString(b, text)
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
