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

// Header is one header of an answer.
type Header struct{ Name, Value string }

// ETag is the header that names the state of the record in the answer.
func ETag(tag string) Header { return Header{"ETag", tag} }

// Location is the header with the URL of a record that the request has made: path from the root of the API, such as
// /items/ID. It is relative to the request's URL (RFC 9110, section 10.2.2), since the function does not see all that
// stands before the API's root there: the stage, the base path of a custom domain, or what a proxy has taken away.
func Location(req events.APIGatewayProxyRequest, path string) Header {
	// The request's last segment is replaced (RFC 3986, section 5.2.3); API Gateway ignores slashes at its end.
	slashes := len(req.Path) - len(strings.TrimRight(req.Path, "/"))
	up := strings.Count(req.Resource, "/") - 1 + slashes
	return Header{"Location", strings.Repeat("../", up) + strings.TrimPrefix(path, "/")}
}

// JSON answers with body in JSON.
func JSON(status int, body any, headers ...Header) (events.APIGatewayProxyResponse, error) {
	text, err := encode(body)
	if err != nil {
		return events.APIGatewayProxyResponse{}, fmt.Errorf("encode the answer: %w", err)
	}
	resp := respond(status, headers)
	resp.Headers["Content-Type"] = "application/json"
	resp.Body = text
	return resp, nil
}

// encoder is an encoder of JSON with the memory that it writes to, kept for the next answer.
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

// NoContent answers 204.
func NoContent() (events.APIGatewayProxyResponse, error) {
	return respond(http.StatusNoContent, nil), nil
}

// NotModified answers 304 with the tag that the client already has.
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

// complete adds the headers that every answer has. Nothing of a private route may stay in a cache, and
// no error anywhere.
func (r *Router) complete(resp *events.APIGatewayProxyResponse, public bool) {
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

// ExposedHeaders are the headers of an answer that a browser shows to scripts of the allowed origin,
// beside those that it always does.
const ExposedHeaders = "ETag, Location, Retry-After"
