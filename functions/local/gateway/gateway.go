// Package gateway stands in for Amazon API Gateway: HTTP requests become the raw events that a REST API
// sends to its functions, and their answers become HTTP responses.
//
// It keeps to what the service does where a function or a client can tell: routing by resource, the
// Cognito authorizer, claims as strings, paths passed on percent-encoded, CORS preflights, limits of
// size and time, and the errors that the gateway makes itself, in the bodies that template.yaml gives
// them. It departs where the service is no help: there is no throttling, a body that is not UTF-8 arrives
// in base64 instead of with its bytes replaced, and a query string that cannot be read is refused here,
// before the function's own checks; what net/http refuses, such as a path with half an escape, has its
// answer and no problem.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
package gateway

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"rental.example/adapters/apigateway"
	"rental.example/functions/local/sandbox"
)

// Limits of a REST API.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
const (
	MaxBodySize        = 10 << 20 // bytes
	IntegrationTimeout = 29 * time.Second
)

// Stage is the name of the API's one stage.
const Stage = "local"

// Function is a Lambda function behind the API, with the routes that lead to it.
type Function struct {
	sandbox.Function
	Routes []apigateway.Route
}

// Config is what a Gateway needs.
type Config struct {
	Functions     []Function
	Lambda        *sandbox.Service
	Authorizer    *Authorizer
	AllowedOrigin string
	Now           func() time.Time
	NewID         func() string // UUIDs for requests
	Logger        *slog.Logger  // answers that are none
}

// Gateway is the API as an http.Handler.
type Gateway struct {
	config    Config
	resources []resource
	failures  map[string]Response // by name
}

// New makes a Gateway.
func New(config Config) *Gateway {
	g := &Gateway{config: config, resources: newResources(config.Functions), failures: map[string]Response{}}
	for _, r := range Responses() {
		g.failures[r.Name] = r
	}
	return g
}

// ServeHTTP answers one request as the API does.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := g.config.NewID()
	w.Header().Set("X-Amzn-Requestid", id)
	resource, params := g.match(r.URL.EscapedPath())
	if resource != nil && r.Method == http.MethodOptions {
		g.preflight(w, resource)
		return
	}
	op, found := operation{}, false
	if resource != nil {
		op, found = resource.operations[r.Method]
	}
	if !found {
		g.Fail(w, missingAuthenticationToken, id)
		return
	}
	var claims map[string]any
	if !op.route.Public {
		var err error
		if claims, err = g.config.Authorizer.Claims(r.Header.Get("Authorization")); err != nil {
			g.Fail(w, unauthorized, id)
			return
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBodySize))
	if err != nil {
		g.failBody(w, err, id)
		return
	}
	event, err := g.newEvent(r, op.route.Resource, params, body, claims, id)
	if err != nil {
		g.Fail(w, badRequestParameters, id)
		return
	}
	g.invoke(w, r, op, event, id)
}

// failBody tells a body that is too large from one that did not arrive. The first is the one answer
// that the service lets nobody change.
func (g *Gateway) failBody(w http.ResponseWriter, err error, id string) {
	var tooLarge *http.MaxBytesError
	if !errors.As(err, &tooLarge) {
		g.Fail(w, badRequestBody, id)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusRequestEntityTooLarge)
	_, _ = io.WriteString(w, `{"message":"Request Too Long"}`)
}

// invoke calls the function and waits for its answer, as long as a function and an integration may
// take.
func (g *Gateway) invoke(w http.ResponseWriter, r *http.Request, op operation, event []byte, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), IntegrationTimeout)
	defer cancel()
	answer, err := g.config.Lambda.Invoke(ctx, op.function.Function, sandbox.Invocation{
		Event: event, RequestID: g.config.NewID(), Trace: traceHeader(event),
	})
	switch {
	case errors.Is(err, sandbox.ErrNotAwaited):
		g.Fail(w, integrationTimeout, id)
	case err != nil:
		g.Fail(w, integrationFailure, id)
	default:
		g.respond(w, op.function.Name, answer, id)
	}
}
