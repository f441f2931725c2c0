// Package apigateway turns what an Amazon API Gateway REST API sends to a function into calls of
// handlers, and what those return into what API Gateway takes back.
//
// A service gives its routes as a table. For each request the Router finds the route by method and
// resource, calls its handler, turns an error into an RFC 9457 problem, completes the headers,
// recovers from a panic, writes one log line and counts. A handler reads the request with Caller,
// Decode, Conditions, PathParameter and ParseQuery, and answers with JSON, NoContent or NotModified.
//
// The event's form is that of the Lambda proxy integration:
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

// Handler answers one request. What it returns as an error the Router turns into a problem by the one
// table in problem.go. The request has what the decoder in event.go fills, and its maps, though not the
// strings and lists in them, are the handler's only until it returns: the next request is put into them.
type Handler func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error)

// Route is one operation of a service.
type Route struct {
	Method   string // as in httpMethod: POST
	Resource string // as in template.yaml and the event's resource: /users/{id}
	Public   bool   // without the authorizer, so without a Caller
	Handle   Handler
}

// String is the route as documents, logs and metrics name it: POST /users/{id}.
func (r Route) String() string { return r.Method + " " + r.Resource }

// Metrics counts requests. It is called once for each, from several goroutines where the runtime is
// concurrent.
type Metrics interface {
	Request(route string, status int, latency time.Duration, coldStart bool)
}

// Config is what a Router needs beside its routes. No field may be left out.
type Config struct {
	AllowedOrigin string // the one origin whose scripts may read answers
	Logger        *slog.Logger
	Metrics       Metrics
	Now           func() time.Time
}

// Router serves the routes of one service.
type Router struct {
	config  Config
	routes  map[string]namedRoute
	unknown namedRoute // what there is no route for
	warm    atomic.Bool

	decoders sync.Pool // of *eventDecoder
}

type namedRoute struct {
	Route
	name   string
	logger *slog.Logger // whose lines tell the name
}

func (c Config) named(name string, route Route) namedRoute {
	return namedRoute{Route: route, name: name, logger: c.Logger.With("route", name)}
}

// NewRouter makes a Router. It panics where two routes are the same, since only one of them would ever
// be served.
func NewRouter(routes []Route, config Config) *Router {
	r := &Router{
		config: config, routes: make(map[string]namedRoute, len(routes)),
		unknown: config.named("unknown route", Route{Handle: noRoute}),
	}
	for _, route := range routes {
		name := route.String()
		if _, twice := r.routes[name]; twice {
			panic("apigateway: two routes for " + name)
		}
		r.routes[name] = config.named(name, route)
	}
	return r
}

// Serve answers one event that is decoded. Its error is always nil, since API Gateway makes a bare 502 of any.
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
	r.complete(&resp, route.Public)
	r.record(ctx, req, route, resp.StatusCode, r.config.Now().Sub(start), err)
	return resp, nil
}

// route finds a route. HEAD is GET, of whose response API Gateway leaves out the body (RFC 9110, section 9.3.2).
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
