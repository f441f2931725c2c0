package apigateway

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/domain"
)

// record writes the one log line of a request, and counts it. The line holds no body, no header, no
// path and no query: the names of routes and errors only, so nothing personal. Its keys are those of
// Powertools for AWS Lambda.
func (r *Router) record(ctx context.Context, req events.APIGatewayProxyRequest, route string, status int, latency time.Duration, err error) {
	cold := !r.warm.Swap(true)
	r.config.Metrics.Request(route, status, latency, cold)
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
	}
	if !r.config.Logger.Enabled(ctx, level) {
		return
	}
	id := RequestID(ctx)
	attrs := []slog.Attr{
		slog.Bool("cold_start", cold),
		slog.String("function_request_id", id),
		slog.String("correlation_id", id),
		slog.String("api_request_id", req.RequestContext.RequestID),
		slog.String("xray_trace_id", traceRoot(ctx)),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Float64("duration_ms", float64(latency.Microseconds())/1000),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	r.config.Logger.LogAttrs(ctx, level, "request", attrs...)
}

// WatchClock tells the log of a clock that is far behind one that has written before: versions stay in
// order all the same, but times in answers do not. Services call it with each version they have written.
func WatchClock(ctx context.Context, logger *slog.Logger, written domain.Version, now time.Time) {
	if lag, tell := domain.ClockLag(written, now); tell {
		logger.ErrorContext(ctx, "clock behind stored versions", "seconds", lag.Seconds(),
			"function_request_id", RequestID(ctx))
	}
}

// traceRoot is the X-Ray trace of the invocation. The Lambda runtime puts the tracing header into the
// context under this key.
func traceRoot(ctx context.Context) string {
	header, _ := ctx.Value("x-amzn-trace-id").(string)
	for part := range strings.SplitSeq(header, ";") {
		if root, ok := strings.CutPrefix(part, "Root="); ok {
			return root
		}
	}
	return ""
}
