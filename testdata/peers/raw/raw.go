// Package raw is the same job in a handler of the whole event, with the standard library in the place of
// router, proxy, validator and JWT.
package raw

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/testdata/peers/problem"
	"rental.example/testdata/peers/users"
)

type (
	request  = events.APIGatewayProxyRequest
	response = events.APIGatewayProxyResponse
)

// Handler is what lambda.Start takes.
type Handler func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error)

// serve finds the handler by method and resource, and adds what every answer has.
func serve(routes map[string]func(context.Context, request) response, origin string, logger *slog.Logger) Handler {
	return func(ctx context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		start := time.Now()
		route := req.HTTPMethod + " " + req.Resource
		handle, found := routes[route]
		if !found {
			handle = func(ctx context.Context, _ request) response {
				return fail(ctx, problem.New(http.StatusNotFound, "route_not_found", "No such route."))
			}
		}
		resp := handle(ctx, req)
		resp.Headers["Access-Control-Allow-Origin"] = origin
		resp.Headers["Access-Control-Expose-Headers"] = "ETag, Location, Retry-After"
		resp.Headers["Vary"] = "Origin"
		resp.Headers["X-Content-Type-Options"] = "nosniff"
		logger.LogAttrs(ctx, slog.LevelInfo, "request",
			slog.String("function_request_id", requestID(ctx)),
			slog.String("route", route),
			slog.Int("status", resp.StatusCode),
			slog.Float64("duration_ms", float64(time.Since(start).Microseconds())/1000))
		return resp, nil
	}
}

// callerOf is who calls, from the claims that the authorizer has verified.
func callerOf(req request) (users.Caller, bool) {
	claims, _ := req.RequestContext.Authorizer["claims"].(map[string]any)
	claim := func(name string) string {
		text, _ := claims[name].(string)
		return text
	}
	caller := users.Caller{Sub: claim("sub"), Email: claim("email"), EmailVerified: claim("email_verified") == "true"}
	return caller, caller.Sub != "" && claim("token_use") == "id"
}

// header is the value of a header, whatever the client's spelling of its name.
func header(req request, name string) string {
	for key, value := range req.Headers {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

func answer(ctx context.Context, status int, body any) response {
	data, err := json.Marshal(body)
	if err != nil {
		return fail(ctx, problem.New(http.StatusInternalServerError, "internal", ""))
	}
	return response{StatusCode: status, Headers: map[string]string{"Content-Type": "application/json"}, Body: string(data)}
}

func fail(ctx context.Context, p problem.Problem) response {
	p.RequestID = requestID(ctx)
	return response{StatusCode: p.Status, Headers: map[string]string{"Content-Type": problem.ContentType}, Body: string(p.JSON())}
}

// requestID is the id of the invocation.
func requestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}
