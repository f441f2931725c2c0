package apigateway

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/lambdafn"
	"rental.example/adapters/storecalls"
)

// record writes the log line and the metrics of a request. The line has no personal data: no body, header, path or query.
// Its keys are those of Powertools for AWS Lambda.
func (r *Router) record(ctx context.Context, req events.APIGatewayProxyRequest, route namedRoute, status int, latency time.Duration, err error) {
	cold := !r.warm.Swap(true)
	r.config.Metrics.Request(route.name, status, latency, cold)
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
	}
	attrs := append(make([]slog.Attr, 0, 7),
		slog.Bool("cold_start", cold),
		slog.String("correlation_id", lambdafn.RequestID(ctx)),
		slog.String("api_request_id", req.RequestContext.RequestID),
		slog.Int("status", status),
		slog.Float64("duration_ms", float64(latency.Microseconds())/1000),
	)
	if calls := storecalls.Attr(ctx); calls.Key != "" {
		attrs = append(attrs, calls)
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	route.logger.LogAttrs(ctx, level, "request", attrs...)
}
