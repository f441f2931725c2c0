// Package gateway simulates Amazon API Gateway: it converts HTTP requests to the raw events that a REST API sends to its
// functions, and their responses to HTTP responses.
//
// It does what the service does wherever a function or a client can observe it: routing by resource, the Cognito authorizer,
// claims as strings, percent-encoded paths, splitting and decoding of query strings, headers that are dropped or renamed,
// CORS preflights, limits of size and time, and the gateway's own errors, with the bodies of template.yaml.
//
// Known differences, each with its test or the reason for having none:
//
//   - A body that is not UTF-8 arrives in base64; the service replaces its bytes. No byte is lost this way, and the
//     function rejects both. TestBodyThatIsNotText
//   - A query string with a malformed escape, or with one of | { } unescaped, is 400 invalid_parameter. The service
//     supports neither, and its response is not documented. TestErrors
//   - A path with a malformed escape, and whatever else net/http cannot parse, is 400 in plain text from net/http.
//     Reason: the request does not get here.
//   - Slashes within a path, as in /users//id, are significant; what the service does with them is not documented.
//     Those at either end are ignored, like there. TestSlashes
//   - Header names arrive in canonical form, whatever the client sent; the service does not change them. Reason: net/http
//     canonicalizes them. The fixtures in testdata/events have both forms, and the functions read either.
//   - X-HTTP-Method-Override does not change the method. TestMethodOverride
//   - A parameter with a second = keeps it in its value; some report that the service cuts there. TestQuery
//   - Headers are measured as name, colon and value; which bytes the service counts is not documented. TestHeaderSize
//   - A URL may be as long as the headers of net/http's server. Reason: the service's limits of 414 are those of an
//     ARN and of a front end; no route or cursor here comes near them.
//   - A body above 10 MB is rejected after the token is checked. TestOrder
//   - Content-Length of a function is ignored, since net/http sets it. TestResponseHeaders
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

	"rental.example/functions/local/sandbox"
	"rental.example/functions/local/template"
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

// Function is a Lambda function of the API, with its routes in the template. A route that the function does not have is its
// own error, and one that the template does not have is not served.
type Function struct {
	sandbox.Function
	Routes []template.Route
}

// Config is what a Gateway needs.
type Config struct {
	Functions     []Function
	Lambda        *sandbox.Service
	Authorizer    *Authorizer
	AllowedOrigin string
	Now           func() time.Time
	NewID         func() string // UUIDs for requests
	Logger        *slog.Logger  // malformed responses of functions
}

// Gateway is the API as an http.Handler.
type Gateway struct {
	config    Config
	resources []resource
	errors    map[string]Response // by name
}

// New returns a Gateway.
func New(config Config) *Gateway {
	g := &Gateway{config: config, resources: newResources(config.Functions), errors: map[string]Response{}}
	for _, r := range Responses() {
		g.errors[r.Name] = r
	}
	return g
}

// ServeHTTP serves one request of the API.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if headerSize(r) > MaxHeaderSize {
		writeFrontEndError(w, http.StatusRequestHeaderFieldsTooLarge, fmt.Sprintf("HTTP header is larger than %d bytes.", MaxHeaderSize))
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
		g.WriteError(w, missingAuthenticationToken, id)
		return
	}
	g.serveOperation(w, r, op, params, id)
}

// serveOperation authorizes a request of op, converts it to the event of the function, and invokes the function.
func (g *Gateway) serveOperation(w http.ResponseWriter, r *http.Request, op operation, params map[string]string, id string) {
	var claims map[string]any
	if !op.route.Public {
		var err error
		if claims, err = g.config.Authorizer.Claims(r.Header.Get("Authorization")); err != nil {
			g.WriteError(w, unauthorized, id)
			return
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBodySize))
	if err != nil {
		g.writeBodyError(w, err, id)
		return
	}
	headers := g.headers(r)
	event, err := g.newEvent(r, headers, op.route.Resource, params, body, claims, id)
	if err != nil {
		g.WriteError(w, badRequestParameters, id)
		return
	}
	if len(event) > sandbox.MaxRequestSize {
		writeTooLong(w)
		return
	}
	g.invoke(w, r, op, sandbox.Invocation{
		Event: event, RequestID: g.config.NewID(), Trace: headers.Get("X-Amzn-Trace-Id"),
	}, id)
}

// headerSize returns the length of the header lines.
func headerSize(r *http.Request) int {
	size := len("Host: ") + len(r.Host) // net/http removes it from the headers
	for name, values := range r.Header {
		for _, value := range values {
			size += len(name) + len(": ") + len(value)
		}
	}
	return size
}

// writeBodyError distinguishes a body that is too large from one that did not arrive.
func (g *Gateway) writeBodyError(w http.ResponseWriter, err error, id string) {
	var tooLarge *http.MaxBytesError
	if !errors.As(err, &tooLarge) {
		g.WriteError(w, badRequestBody, id)
		return
	}
	w.Header().Del("X-Amzn-Requestid")
	writeFrontEndError(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("HTTP content length exceeded %d bytes.", MaxBodySize))
}

// writeFrontEndError writes an error of the service's front end: in plain text, without request id and CORS.
// https://github.com/koki-develop/lgtm-generator/issues/10
func writeFrontEndError(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, message) // an error means that the client is gone
}

// writeTooLong writes the error for an event that exceeds the limit of Lambda. No GatewayResponse changes this error.
func writeTooLong(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-Errortype", "BadRequestException")
	w.WriteHeader(http.StatusRequestEntityTooLarge)
	_, _ = io.WriteString(w, `{"message": "Request Too Long"}`) // an error means that the client is gone
}

// invoke invokes the function and waits for its response until the function or the integration times out.
func (g *Gateway) invoke(w http.ResponseWriter, r *http.Request, op operation, in sandbox.Invocation, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), IntegrationTimeout)
	defer cancel()
	response, err := g.config.Lambda.Invoke(ctx, op.function.Function, in)
	switch {
	case errors.Is(err, sandbox.ErrCallerCanceled):
		g.WriteError(w, integrationTimeout, id)
	case err != nil:
		g.WriteError(w, integrationFailure, id)
	default:
		g.writeResponse(w, op.function.Name, response, id)
	}
}
