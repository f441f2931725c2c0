// Package apigateway serves the requests of an Amazon API Gateway REST API: it routes events to handlers and encodes
// their responses.
//
// For each request the Router finds the route by method and resource, calls its handler, recovers from a panic, maps an
// error to an RFC 9457 problem, adds the common headers, and writes one log line and one line of metrics. A handler reads
// the request with Caller, Decode, Conditions, PathParameter and ParseQuery, and returns JSON, NoContent or NotModified.
//
// Events and responses are those of the Lambda proxy integration:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
package apigateway

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/lambdafn"
	"rental.example/adapters/storecalls"
	"rental.example/domain"
)

// Handler handles one request. The Router maps its error to a problem, by domain.Explain. The request has the
// members that the decoder in event.go fills. Its maps are valid until the handler returns, since the next request reuses
// them; their strings and lists may be kept.
type Handler func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error)

// Route is one operation of a service.
type Route struct {
	Method   string // such as POST
	Resource string // as in template.yaml: /users/{id}
	Public   bool   // without an authorizer, and so without a Caller
	Handle   Handler
}

// String returns the route as logs and metrics name it: POST /users/{id}.
func (r Route) String() string { return r.Method + " " + r.Resource }

// Metrics records requests: one call for each. It must be safe for concurrent use.
type Metrics interface {
	Request(route string, status int, latency time.Duration, coldStart bool)
}

// Config configures a Router. All fields are required.
type Config struct {
	AllowedOrigin string // the origin whose scripts may read responses
	Logger        *slog.Logger
	Metrics       Metrics
	Now           func() time.Time
}

// Router serves the routes of one service.
type Router struct {
	config  Config
	routes  map[string]namedRoute
	unknown namedRoute // serves requests without a route
	warm    atomic.Bool

	decoders sync.Pool // of *eventDecoder
}

type namedRoute struct {
	Route
	name   string
	logger *slog.Logger // with the name
}

func (c Config) named(name string, route Route) namedRoute {
	return namedRoute{Route: route, name: name, logger: c.Logger.With("route", name)}
}

// NewRouter returns a Router. It panics if two routes are the same.
func NewRouter(routes []Route, config Config) *Router {
	r := &Router{
		config: config, routes: make(map[string]namedRoute, len(routes)),
		unknown: config.named("unknown route", Route{Handle: noRoute}),
	}
	for _, route := range routes {
		name := route.String()
		if _, found := r.routes[name]; found {
			panic("apigateway: duplicate route " + name)
		}
		r.routes[name] = config.named(name, route)
	}
	return r
}

// Serve serves one decoded event. Its error is always nil: API Gateway would turn an error into a bare 502.
func (r *Router) Serve(ctx context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	start := r.config.Now()
	route, found := r.route(req.HTTPMethod, req.Resource)
	if !found {
		route = r.unknown
	}
	ctx, cancel := domain.WithReserve(storecalls.NewContext(ctx), lambdafn.ResponseReserve)
	defer cancel()
	var resp events.APIGatewayProxyResponse
	err := lambdafn.Recover(func() (err error) {
		resp, err = route.Handle(ctx, req)
		return err
	})
	if err != nil {
		resp = problemResponse(problemOf(err), req.RequestContext.RequestID)
	}
	r.addHeaders(&resp, route.Public)
	r.record(ctx, req, route, resp.StatusCode, r.config.Now().Sub(start), err)
	return resp, nil
}

// route returns the route of a request. HEAD is served as GET; API Gateway removes the body (RFC 9110, section 9.3.2).
func (r *Router) route(method, resource string) (namedRoute, bool) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	route, found := r.routes[method+" "+resource]
	return route, found
}

func noRoute(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	return events.APIGatewayProxyResponse{}, errRouteNotFound
}
