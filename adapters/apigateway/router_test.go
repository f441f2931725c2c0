package apigateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
	"rental.example/domain"
)

type recordedMetrics struct{ lines []string }

func (m *recordedMetrics) Request(route string, status int, latency time.Duration, cold bool) {
	m.lines = append(m.lines, fmt.Sprintln(route, status, latency, cold))
}

func newRouter(h apigateway.Handler, public bool, metrics apigateway.Metrics, out *bytes.Buffer) *apigateway.Router {
	return apigateway.NewRouter([]apigateway.Route{{Method: "GET", Resource: "/things/{id}", Public: public, Handle: h}},
		apigateway.Config{AllowedOrigin: "https://app.example.com", Logger: slog.New(slog.NewJSONHandler(out, nil)), Metrics: metrics, Now: time.Now})
}

func get() events.APIGatewayProxyRequest {
	return events.APIGatewayProxyRequest{HTTPMethod: "GET", Resource: "/things/{id}", Path: "/things/jane@example.com",
		RequestContext: events.APIGatewayProxyRequestContext{RequestID: "gateway-1"}}
}

// TestErrors checks the response to each kind of error, and that it does not reveal the cause.
func TestErrors(t *testing.T) {
	t.Parallel()
	for code, tt := range map[string]struct {
		err    error
		status int
	}{
		"unauthenticated":     {domain.ErrUnauthenticated, 401},
		"forbidden":           {domain.ErrForbidden, 403},
		"not_found":           {domain.ErrNotFound, 404},
		"conflict":            {domain.ErrConflict, 409},
		"precondition_failed": {domain.ErrPreconditionFailed, 412},
		"validation_failed":   {&domain.ValidationError{Problems: []domain.FieldProblem{{Field: "name", Code: "invalid", Message: "is odd"}}}, 422},
		"owner_deleted":       {&domain.CodedError{Kind: domain.ErrConflict, Code: "owner_deleted", Message: "Gone."}, 409},
		"unavailable":         {domain.ErrUnavailable, 503},
		"internal":            {errors.New("boom"), 500},
		"malformed":           {domain.ErrMalformed, 400},
		"invalid_cursor":      {domain.ErrInvalidCursor, 400},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			r := newRouter(func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
				return events.APIGatewayProxyResponse{}, fmt.Errorf("top secret: %w", tt.err)
			}, false, &recordedMetrics{}, &out)
			resp, err := r.Serve(t.Context(), get())
			if err != nil || resp.StatusCode != tt.status {
				t.Fatalf("status %d, error %v; want %d", resp.StatusCode, err, tt.status)
			}
			var p apigateway.Problem
			if err := json.Unmarshal([]byte(resp.Body), &p); err != nil || p.Code != code || p.RequestID != "gateway-1" {
				t.Errorf("body %s: %v", resp.Body, err)
			}
			if strings.Contains(resp.Body, "secret") || !strings.Contains(out.String(), "secret") {
				t.Errorf("the cause must be in the log only:\n%s\n%s", resp.Body, out.String())
			}
			if strings.Contains(out.String(), "jane@") {
				t.Errorf("the path is in the log: %s", out.String())
			}
			if retry := resp.Headers["Retry-After"]; (retry == "1") != (tt.status == 503) {
				t.Errorf("Retry-After: %q", retry)
			}
		})
	}
}

func TestCaching(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		public bool
		err    error
		want   string
	}{{false, nil, "no-store"}, {true, nil, ""}, {true, domain.ErrNotFound, "no-store"}} {
		r := newRouter(func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
			return events.APIGatewayProxyResponse{StatusCode: 200}, tt.err
		}, tt.public, &recordedMetrics{}, new(bytes.Buffer))
		resp, _ := r.Serve(t.Context(), get())
		if got := resp.Headers["Cache-Control"]; got != tt.want || resp.Headers["X-Content-Type-Options"] != "nosniff" {
			t.Errorf("public %t, error %v: headers %v", tt.public, tt.err, resp.Headers)
		}
	}
}

// TestDeadline checks that time is reserved for the response if a store hangs.
func TestDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		metrics := &recordedMetrics{}
		r := newRouter(func(ctx context.Context, _ events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
			<-ctx.Done()
			return events.APIGatewayProxyResponse{}, ctx.Err()
		}, false, metrics, new(bytes.Buffer))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		for range 2 {
			resp, _ := r.Serve(ctx, get())
			if resp.StatusCode != 503 || ctx.Err() != nil {
				t.Errorf("status %d, %v left", resp.StatusCode, ctx.Err())
			}
		}
		want := "GET /things/{id} 503 9.5s true\nGET /things/{id} 503 0s false\n"
		if got := strings.Join(metrics.lines, ""); got != want {
			t.Errorf("metrics:\n%swant:\n%s", got, want)
		}
	})
}

func TestDuplicateRoute(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic for a duplicate route")
		}
	}()
	apigateway.NewRouter([]apigateway.Route{{Method: "GET", Resource: "/x"}, {Method: "GET", Resource: "/x"}}, apigateway.Config{Logger: slog.New(slog.DiscardHandler)})
}
