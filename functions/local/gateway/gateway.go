// Package gateway stands in for Amazon API Gateway: HTTP requests become the raw events that a REST API
// sends to its functions, and their responses become HTTP responses.
//
// It keeps to what the service does where a function or a client can tell: routing by resource, the
// Cognito authorizer, claims as strings, paths passed on percent-encoded, query strings split and decoded,
// headers that are dropped or renamed, CORS preflights, limits of size and time, and the errors that the
// gateway makes itself, in the bodies that template.yaml gives them.
//
// These are all known departures. Each has the test that shows it, or the reason why there is none:
//
//   - A body that is not UTF-8 arrives in base64; the service replaces its bytes. Nothing is lost this way, and the
//     function refuses both. TestBodyThatIsNotText
//   - A query string with a broken escape, or with one of | { } unescaped, is 400 invalid_parameter. The service
//     supports neither, and its response is not documented. TestRefusals
//   - A path with a broken escape, and whatever else net/http cannot read, is 400 in plain text from net/http.
//     Reason: the request does not get here.
//   - Slashes within a path, as in /users//id, are significant; what the service does with them is not documented.
//     Those at either end are ignored, as there. TestSlashes
//   - Header names arrive as Content-Type, whatever the client wrote; the service keeps its spelling. Reason: net/http
//     does not. The fixtures in testdata/events have both spellings, and the functions read either.
//   - X-HTTP-Method-Override does not change the method. TestMethodOverride
//   - A parameter with a second = keeps it in its value; some report that the service cuts there. TestQuery
//   - Headers are measured as name, colon and value; which bytes the service counts is not documented. TestHeaderSize
//   - A URL may be as long as the headers of net/http's server. Reason: the service's limits of 414 are those of an
//     ARN and of a front end; no route or cursor here comes near them.
//   - A body above 10 MB is refused after the token is checked. TestOrder
//   - Content-Length of a function is ignored, since net/http counts itself. TestResponseHeaders
//   - There is no throttling, no WAF, no cache, no HTTP/2 and no TLS; responses have no X-Amz-Apigw-Id. Reason: they
//     change no event and no response of a function.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
package gateway

import (
	"context"
	"errors"
	"fmt"
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
	MaxHeaderSize      = 10 << 10 // bytes, of all headers together
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
	if headerSize(r) > MaxHeaderSize {
		refuseAtFront(w, http.StatusRequestHeaderFieldsTooLarge, fmt.Sprintf("HTTP header is larger than %d bytes.", MaxHeaderSize))
		return
	}
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
	if len(event) > sandbox.MaxRequestSize {
		refuseTooLong(w)
		return
	}
	g.invoke(w, r, op, event, id)
}

// headerSize is the length of the header lines.
func headerSize(r *http.Request) int {
	size := len("Host: ") + len(r.Host) // which net/http takes out
	for name, values := range r.Header {
		for _, value := range values {
			size += len(name) + len(": ") + len(value)
		}
	}
	return size
}

// failBody distinguishes a body that is too large from one that did not arrive.
func (g *Gateway) failBody(w http.ResponseWriter, err error, id string) {
	var tooLarge *http.MaxBytesError
	if !errors.As(err, &tooLarge) {
		g.Fail(w, badRequestBody, id)
		return
	}
	w.Header().Del("X-Amzn-Requestid")
	refuseAtFront(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("HTTP content length exceeded %d bytes.", MaxBodySize))
}

// refuseAtFront answers as the service's front end does, before there is a request id: in plain text and without CORS.
// https://github.com/koki-develop/lgtm-generator/issues/10
func refuseAtFront(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, message) // the client may have gone
}

// refuseTooLong answers a request whose event is larger than Lambda takes. No GatewayResponse changes this response.
func refuseTooLong(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-Errortype", "BadRequestException")
	w.WriteHeader(http.StatusRequestEntityTooLarge)
	_, _ = io.WriteString(w, `{"message": "Request Too Long"}`) // the client may have gone
}

// invoke calls the function and waits for its answer, as long as a function and an integration may take.
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
