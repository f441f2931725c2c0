package cloudwatch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/slogtest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/cloudwatch"
)

// linesOf returns the lines that were written, with the keys of slog.
func linesOf(t *testing.T, out *bytes.Buffer) (all []map[string]any) {
	t.Helper()
	for line := range strings.Lines(out.String()) {
		var got map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		for key, slogKey := range map[string]string{"timestamp": slog.TimeKey, "message": slog.MessageKey} {
			if v, ok := got[key]; ok {
				got[slogKey] = v
				delete(got, key)
			}
		}
		all = append(all, got)
	}
	return all
}

func TestHandler(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := slogtest.TestHandler(cloudwatch.NewLogger(&out, slog.LevelInfo, "users").Handler(), func() []map[string]any { return linesOf(t, &out) }); err != nil {
		t.Error(err)
	}
}

// marshaler is a json.Marshaler.
type marshaler struct{ err error }

func (m marshaler) MarshalJSON() ([]byte, error) { return []byte(`{"own":"<json>"}`), m.err }

// nilError panics if it is nil.
type nilError struct{ text string }

func (c *nilError) Error() string { return c.text }

type panicking struct{}

func (panicking) MarshalJSON() ([]byte, error) { panic("no") }

type secret string

func (secret) LogValue() slog.Value { return slog.GroupValue(slog.Bool("hidden", true)) }

// TestJSONHandler compares lines with those of slog.JSONHandler with renamed keys.
func TestJSONHandler(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.FixedZone("", -3600))
	values := []any{
		"", "text", "\"\\\x00\n\u2028<&>\xff", 0, -1, int64(math.MinInt64), uint64(math.MaxUint64), true, false, 0.0, 1.5, -2.25, 1e-7, 1e21, 123456.789, math.SmallestNonzeroFloat64,
		math.NaN(), math.Inf(1), time.Second, at, errors.New("broken \"here\""), fmt.Errorf("more: %w", io.EOF), nil, []string{"a", "<b>"}, map[string]int{"z": 1, "a": 2},
		struct {
			A int `json:"a"`
		}{7}, marshaler{}, marshaler{io.EOF}, (*nilError)(nil), panicking{}, secret("x"), make(chan int), slog.GroupValue(), slog.GroupValue(slog.Int("a", 1), slog.Group("b"), slog.Group("", slog.Int("c", 2)), slog.Group("d", slog.Group("e", "f", 1))),
	}
	var got, want bytes.Buffer
	ours := cloudwatch.NewLogger(&got, slog.LevelDebug, "users")
	theirs := slog.New(slog.NewJSONHandler(&want, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) > 0 {
			return a
		}
		switch a.Key {
		case slog.TimeKey:
			a = slog.Time("timestamp", a.Value.Time().UTC())
		case slog.MessageKey:
			a.Key = "message"
		}
		return a
	}})).With("service", "users")
	for _, value := range values {
		for _, do := range []func(*slog.Logger) *slog.Logger{
			func(l *slog.Logger) *slog.Logger { return l },
			func(l *slog.Logger) *slog.Logger { return l.With("k\"ey", value).WithGroup("").With() },
			func(l *slog.Logger) *slog.Logger { return l.WithGroup("g").WithGroup("h").With("a", value) },
			func(l *slog.Logger) *slog.Logger { return l.With("b", 1).WithGroup("g").With("a", 1).WithGroup("h") },
		} {
			for _, attrs := range [][]slog.Attr{nil, {slog.Any("value", value)}, {slog.Any("value", value), slog.Group("g", "x", value), slog.Int("last", 1)}, {{}, slog.Group("", "y", value)}} {
				for _, l := range []*slog.Logger{ours, theirs} {
					r := slog.NewRecord(at, slog.LevelWarn+1, "hello \"you\"", 0)
					r.AddAttrs(attrs...)
					if err := do(l).Handler().Handle(t.Context(), r); err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(want.String(), got.String()); diff != "" {
					t.Fatalf("%v (-want +got):\n%s", value, diff)
				}
				want.Reset()
				got.Reset()
			}
		}
	}
}

// traced is a context of the Lambda runtime.
type traced struct{ context.Context }

func (c traced) Value(key any) any {
	if key == "x-amzn-trace-id" {
		return "Root=1-5e5b1e5c-0123456789abcdef01234567;Sampled=1"
	}
	return c.Context.Value(key)
}

// TestInvocation checks the ids of the invocation and its trace, which are in the context.
func TestInvocation(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := cloudwatch.NewLogger(&out, slog.LevelInfo, "users")
	ctx := lambdacontext.NewContext(traced{t.Context()}, &lambdacontext.LambdaContext{AwsRequestID: "invocation-1"})
	logger.WithGroup("g").InfoContext(ctx, "hello", "n", 1)
	logger.DebugContext(ctx, "not this one")
	want := `"level":"INFO","message":"hello","function_request_id":"invocation-1","xray_trace_id":"1-5e5b1e5c-0123456789abcdef01234567","service":"users","g":{"n":1}}` + "\n"
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("got %s, want %s", out.String(), want)
	}
}

// logging logs a line when it is logged.
type logging struct{ logger *slog.Logger }

func (v logging) LogValue() slog.Value {
	v.logger.Info("inner")
	return slog.IntValue(1)
}

func TestValueThatLogs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := cloudwatch.NewLogger(&out, slog.LevelInfo, "users")
	logger.Info("outer", slog.Group("g", "v", logging{logger}))
	got := linesOf(t, &out)
	if len(got) != 2 || got[0][slog.MessageKey] != "inner" || got[1][slog.MessageKey] != "outer" {
		t.Errorf("lines: %v", got)
	}
}

// TestConcurrentLoggers checks that derived loggers write whole lines.
func TestConcurrentLoggers(t *testing.T) {
	t.Parallel()
	w := &wholeWrites{}
	logger := cloudwatch.NewLogger(w, slog.LevelInfo, "users")
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			own := logger.With("n", n)
			for range 100 {
				own.Info("hello", "text", strings.Repeat("x", n))
			}
		})
	}
	if group.Wait(); w.broken > 0 {
		t.Errorf("%d writes were not one line", w.broken)
	}
}
