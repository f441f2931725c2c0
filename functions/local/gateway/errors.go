package gateway

import (
	"encoding/json"
	"net/http"

	"rental.example/adapters/apigateway"
)

// Response is an error of the gateway itself, from the GatewayResponses of template.yaml.
type Response struct {
	Name    string // the response type
	status  int
	code    string
	detail  string
	headers map[string]string // in addition to those of all errors
}

// Response types of the errors that this gateway returns.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
const (
	badRequestParameters       = "BAD_REQUEST_PARAMETERS"
	badRequestBody             = "BAD_REQUEST_BODY"
	unauthorized               = "UNAUTHORIZED"
	missingAuthenticationToken = "MISSING_AUTHENTICATION_TOKEN"
	integrationFailure         = "INTEGRATION_FAILURE"
	integrationTimeout         = "INTEGRATION_TIMEOUT"
)

// Responses returns all errors of the gateway.
func Responses() []Response {
	return []Response{
		{badRequestParameters, http.StatusBadRequest, "invalid_parameter", "The request's parameters cannot be read.", nil},
		{badRequestBody, http.StatusBadRequest, "invalid_json", "The request's body cannot be read.", nil},
		{unauthorized, http.StatusUnauthorized, "unauthenticated", "A valid Cognito ID token is needed.",
			map[string]string{"WWW-Authenticate": "Bearer"}},
		{missingAuthenticationToken, http.StatusNotFound, "route_not_found", "There is no such route.", nil},
		{integrationFailure, http.StatusBadGateway, "bad_gateway", "The service failed.", nil},
		{integrationTimeout, http.StatusGatewayTimeout, "gateway_timeout", "The service did not answer in time.", nil},
	}
}

// WriteError writes the error of that response type.
func (g *Gateway) WriteError(w http.ResponseWriter, name, requestID string) {
	e := g.errors[name]
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Access-Control-Allow-Origin", g.config.AllowedOrigin)
	h.Set("Access-Control-Expose-Headers", apigateway.ExposedHeaders)
	h.Set("Vary", "Origin")
	h.Set("X-Amzn-Errortype", e.Name)
	for name, value := range e.headers {
		h.Set(name, value)
	}
	w.WriteHeader(e.status)
	_ = json.NewEncoder(w).Encode(apigateway.Problem{ // an error means that the client is gone
		Type: "about:blank", Title: http.StatusText(e.status), Status: e.status,
		Code: e.code, Detail: e.detail, RequestID: requestID,
	})
}
