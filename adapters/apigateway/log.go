package apigateway

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/lambdafn"
	"rental.example/adapters/storecalls"
	"rental.example/domain"
)

// record writes the one log line of a request, and counts it. The line holds no body, no header, no
// path and no query: the names of routes and errors only, so nothing personal. Its keys are those of
// Powertools for AWS Lambda, of which the Logger adds what it knows of the invocation.
func (r *Router) record(ctx context.Context, req events.APIGatewayProxyRequest, route namedRoute, status int, latency time.Duration, err error) {
	cold := !r.warm.Swap(true)
	r.config.Metrics.Request(route.name, status, latency, cold)
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
	}
	handler := route.logger.Handler()
	if !handler.Enabled(ctx, level) {
		return
	}
	// By a Logger, it would look for our place in the code. Five attributes fit into a slog.Record.
	line := slog.NewRecord(time.Now(), level, "request", 0)
	line.AddAttrs(
		slog.Bool("cold_start", cold),
		slog.String("correlation_id", lambdafn.RequestID(ctx)),
		slog.String("api_request_id", req.RequestContext.RequestID),
		slog.Int("status", status),
		slog.Float64("duration_ms", float64(latency.Microseconds())/1000),
	)
	if calls := storecalls.Attr(ctx); calls.Key != "" {
		line.AddAttrs(calls)
	}
	if err != nil {
		line.AddAttrs(slog.String("error", err.Error()))
	}
	_ = handler.Handle(ctx, line) // there is nowhere to tell of a lost line
}

// WarnClockSkew tells the log of a clock that is far behind one that has written before: versions stay in order all the
// same, and times in answers with them, ahead of the true ones. Services call it with each version they have written.
func WarnClockSkew(ctx context.Context, logger *slog.Logger, written domain.Version, now time.Time) {
	if lag, tell := domain.ClockSkew(written, now); tell {
		logger.ErrorContext(ctx, "clock behind stored versions", "seconds", lag.Seconds())
	}
}
