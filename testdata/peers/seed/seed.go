// Package seed is the stack that this system replaces: chi behind aws-lambda-go-api-proxy, validation by
// go-playground/validator, claims by golang-jwt.
package seed

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"rental.example/testdata/peers/problem"
)

// Handler is what lambda.Start takes.
type Handler func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error)

// maxBody is the longest body that is read, in bytes.
const maxBody = 64 << 10

func newRouter(origin string, logger *slog.Logger) *chi.Mux {
	r := chi.NewRouter()
	r.Use(logged(logger), middleware.Recoverer, headers(origin))
	r.NotFound(func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, problem.New(http.StatusNotFound, "route_not_found", "No such route."))
	})
	return r
}

// logged writes a line for each request.
func logged(logger *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := time.Now()
			answer := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
			next.ServeHTTP(answer, r)
			logger.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("function_request_id", requestID(r)),
				slog.String("route", r.Method+" "+chi.RouteContext(r.Context()).RoutePattern()),
				slog.Int("status", answer.Status()),
				slog.Float64("duration_ms", float64(time.Since(start).Microseconds())/1000))
		})
	}
}

// headers adds what every answer has.
func headers(origin string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", "ETag, Location, Retry-After")
			h.Set("Vary", "Origin")
			h.Set("X-Content-Type-Options", "nosniff")
			next.ServeHTTP(w, r)
		})
	}
}

func answer(w http.ResponseWriter, r *http.Request, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		fail(w, r, problem.New(http.StatusInternalServerError, "internal", ""))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data) // into memory
}

func fail(w http.ResponseWriter, r *http.Request, p problem.Problem) {
	p.RequestID = requestID(r)
	w.Header().Set("Content-Type", problem.ContentType)
	w.WriteHeader(p.Status)
	_, _ = w.Write(p.JSON()) // into memory
}

// requestID is the id of the invocation.
func requestID(r *http.Request) string {
	if lc, ok := lambdacontext.FromContext(r.Context()); ok {
		return lc.AwsRequestID
	}
	return ""
}
