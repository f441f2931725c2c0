package apigateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/aws/aws-lambda-go/events"
)

// Header is one header of a response.
type Header struct{ Name, Value string }

// ETag returns the header ETag.
func ETag(tag string) Header { return Header{"ETag", tag} }

// Location returns the header Location of a new record. path is its path from the root of the API, such as /items/ID. The
// value is relative to the request's URL (RFC 9110, section 10.2.2), since a function does not know the root: it may have a
// stage, the base path of a custom domain, or a prefix that a proxy removes.
func Location(req events.APIGatewayProxyRequest, path string) Header {
	// The request's last segment is replaced (RFC 3986, section 5.2.3); API Gateway ignores slashes at its end.
	slashes := len(req.Path) - len(strings.TrimRight(req.Path, "/"))
	up := strings.Count(req.Resource, "/") - 1 + slashes
	return Header{"Location", strings.Repeat("../", up) + strings.TrimPrefix(path, "/")}
}

// JSON returns a response with body in JSON.
func JSON(status int, body any, headers ...Header) (events.APIGatewayProxyResponse, error) {
	text, err := encode(body)
	if err != nil {
		return events.APIGatewayProxyResponse{}, fmt.Errorf("encode response: %w", err)
	}
	resp := respond(status, headers)
	resp.Headers["Content-Type"] = "application/json"
	resp.Body = text
	return resp, nil
}

// encoder is a JSON encoder with its buffer, reused for the next response.
type encoder struct {
	text bytes.Buffer
	json *json.Encoder
}

var encoders = sync.Pool{New: func() any {
	e := new(encoder)
	e.json = json.NewEncoder(&e.text)
	return e
}}

func encode(body any) (string, error) {
	e := encoders.Get().(*encoder)
	e.text.Reset()
	if err := e.json.Encode(body); err != nil {
		return "", err
	}
	text := strings.TrimSuffix(e.text.String(), "\n")
	encoders.Put(e)
	return text, nil
}

// NoContent returns a response with status 204.
func NoContent() (events.APIGatewayProxyResponse, error) {
	return respond(http.StatusNoContent, nil), nil
}

// NotModified returns a response with status 304.
func NotModified(etag string) (events.APIGatewayProxyResponse, error) {
	return respond(http.StatusNotModified, []Header{ETag(etag)}), nil
}

func respond(status int, headers []Header) events.APIGatewayProxyResponse {
	resp := events.APIGatewayProxyResponse{StatusCode: status, Headers: make(map[string]string, 8)}
	for _, h := range headers {
		resp.Headers[h.Name] = h.Value
	}
	return resp
}

// addHeaders adds the headers of every response. Errors, and responses of routes that are not public, are not cached.
func (r *Router) addHeaders(resp *events.APIGatewayProxyResponse, public bool) {
	if resp.Headers == nil {
		resp.Headers = make(map[string]string, 8)
	}
	h := resp.Headers
	h["X-Content-Type-Options"] = "nosniff"
	h["Access-Control-Allow-Origin"] = r.config.AllowedOrigin
	h["Access-Control-Expose-Headers"] = ExposedHeaders
	h["Vary"] = "Origin"
	if !public || resp.StatusCode >= 400 {
		h["Cache-Control"] = "no-store"
	}
}

// ExposedHeaders are the response headers that scripts of the allowed origin may read, beside the safelisted ones.
const ExposedHeaders = "ETag, Location, Retry-After"
