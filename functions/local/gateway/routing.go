package gateway

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"rental.example/functions/local/template"
)

// resource is one path of the API with its methods.
type resource struct {
	segments   []string // {id} for a parameter
	operations map[string]operation
}

type operation struct {
	route    template.Route
	function *Function
}

func newResources(functions []Function) []resource {
	byPath := map[string]resource{}
	for i := range functions {
		for _, route := range functions[i].Routes {
			r, ok := byPath[route.Resource]
			if !ok {
				r = resource{segments: segments(route.Resource), operations: map[string]operation{}}
				byPath[route.Resource] = r
			}
			r.operations[route.Method] = operation{route: route, function: &functions[i]}
		}
	}
	// A literal segment precedes a parameter, like in API Gateway: '{' sorts after every letter.
	paths := slices.Sorted(maps.Keys(byPath))
	resources := make([]resource, 0, len(paths))
	for _, path := range paths {
		resources = append(resources, byPath[path])
	}
	return resources
}

// segments returns the parts of a path without the slashes at its ends.
// https://github.com/aws-powertools/powertools-lambda-python/issues/1552
// https://github.com/localstack/localstack/issues/11253
func segments(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// match returns the resource of a path and its path parameters, which stay percent-encoded.
func (g *Gateway) match(path string) (*resource, map[string]string) {
	parts := segments(path)
	for i := range g.resources {
		if params, ok := g.resources[i].match(parts); ok {
			return &g.resources[i], params
		}
	}
	return nil, nil
}

func (r *resource) match(segments []string) (params map[string]string, ok bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	for i, pattern := range r.segments {
		name, isParam := strings.CutPrefix(pattern, "{")
		switch {
		case isParam && segments[i] != "":
			if params == nil {
				params = map[string]string{}
			}
			params[strings.TrimSuffix(name, "}")] = segments[i]
		case pattern != segments[i]:
			return nil, false
		}
	}
	return params, true
}

// AllowedHeaders are the AllowHeaders of template.yaml's CORS.
const AllowedHeaders = "Authorization,Content-Type,Idempotency-Key,If-Match,If-None-Match"

// preflight serves a CORS preflight like the mock integration that SAM generates.
func (g *Gateway) preflight(w http.ResponseWriter, r *resource) {
	methods := slices.Sorted(maps.Keys(r.operations))
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", g.config.AllowedOrigin)
	h.Set("Access-Control-Allow-Methods", strings.Join(append(methods, http.MethodOptions), ","))
	h.Set("Access-Control-Allow-Headers", AllowedHeaders)
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusOK)
}
