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

// linesOf are the lines that were written, by the keys of slog.
func linesOf(t *testing.T, out *bytes.Buffer) (all []map[string]any) {
	t.Helper()
	for line := range strings.Lines(out.String()) {
		var got map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		for ours, slogs := range map[string]string{"timestamp": slog.TimeKey, "message": slog.MessageKey} {
			if v, ok := got[ours]; ok {
				got[slogs] = v
				delete(got, ours)
			}
		}
		all = append(all, got)
	}
	return all
}

// TestHandler: the logger's handler keeps slog's rules for handlers.
func TestHandler(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := slogtest.TestHandler(cloudwatch.NewLogger(&out, slog.LevelInfo, "users").Handler(), func() []map[string]any { return linesOf(t, &out) }); err != nil {
		t.Error(err)
	}
}

// marshaler is a value that makes its own JSON, or fails to.
type marshaler struct{ err error }

func (m marshaler) MarshalJSON() ([]byte, error) { return []byte(`{"own":"<json>"}`), m.err }

// careless is an error that takes itself for one that is there.
type careless struct{ text string }

func (c *careless) Error() string { return c.text }

type panicking struct{}

func (panicking) MarshalJSON() ([]byte, error) { panic("no") }

type secret string

func (secret) LogValue() slog.Value { return slog.GroupValue(slog.Bool("hidden", true)) }

// TestLinesAreThoseOfJSONHandler: but for their keys, these lines are those of slog.JSONHandler byte for byte.
func TestLinesAreThoseOfJSONHandler(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.FixedZone("", -3600))
	values := []any{
		"", "text", "\"\\\x00\n\u2028<&>\xff", 0, -1, int64(math.MinInt64), uint64(math.MaxUint64), true, false, 0.0, 1.5, -2.25, 1e-7, 1e21, 123456.789, math.SmallestNonzeroFloat64,
		math.NaN(), math.Inf(1), time.Second, at, errors.New("broken \"here\""), fmt.Errorf("more: %w", io.EOF), nil, []string{"a", "<b>"}, map[string]int{"z": 1, "a": 2},
		struct {
			A int `json:"a"`
		}{7}, marshaler{}, marshaler{io.EOF}, (*careless)(nil), panicking{}, secret("x"), make(chan int), slog.GroupValue(), slog.GroupValue(slog.Int("a", 1), slog.Group("b"), slog.Group("", slog.Int("c", 2)), slog.Group("d", slog.Group("e", "f", 1))),
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

// traced is a context of the Lambda runtime, which puts the tracing header under a text.
type traced struct{ context.Context }

func (c traced) Value(key any) any {
	if key == "x-amzn-trace-id" {
		return "Root=1-5e5b1e5c-0123456789abcdef01234567;Sampled=1"
	}
	return c.Context.Value(key)
}

// TestInvocation: lines tell the invocation and its trace, which are in their context.
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

// talkative logs while it is logged.
type talkative struct{ logger *slog.Logger }

func (v talkative) LogValue() slog.Value {
	v.logger.Info("inner")
	return slog.IntValue(1)
}

// TestValueThatLogs: each is a line of its own.
func TestValueThatLogs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := cloudwatch.NewLogger(&out, slog.LevelInfo, "users")
	logger.Info("outer", slog.Group("g", "v", talkative{logger}))
	got := linesOf(t, &out)
	if len(got) != 2 || got[0][slog.MessageKey] != "inner" || got[1][slog.MessageKey] != "outer" {
		t.Errorf("lines: %v", got)
	}
}

// TestLoggersAtOnce: loggers that are made of one write whole lines, in turn.
func TestLoggersAtOnce(t *testing.T) {
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

// BenchmarkLine holds a line of a request against slog's own handler.
func BenchmarkLine(b *testing.B) {
	rename := func(groups []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey && len(groups) == 0 {
			a.Key = "timestamp"
		}
		return a
	}
	ctx := lambdacontext.NewContext(b.Context(), &lambdacontext.LambdaContext{AwsRequestID: "invocation-1"})
	for name, logger := range map[string]*slog.Logger{
		"ours": cloudwatch.NewLogger(io.Discard, slog.LevelInfo, "users"),
		"slog": slog.New(slog.NewJSONHandler(io.Discard, &slog.HandlerOptions{ReplaceAttr: rename})),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				logger.LogAttrs(ctx, slog.LevelInfo, "request", slog.Bool("cold_start", false), slog.String("correlation_id", "invocation-1"),
					slog.String("api_request_id", "gateway-1"), slog.Int("status", 200), slog.Float64("duration_ms", 1.25))
			}
		})
	}
}
