package apigateway

import (
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/domain"
)

// Caller returns the caller from the claims that the authorizer has verified. It returns domain.ErrUnauthenticated if
// there are none, or if they are not those of a Cognito ID token.
//
// API Gateway passes all claims as strings, and groups joined with commas: the name of a group must have none.
func Caller(req events.APIGatewayProxyRequest) (domain.Caller, error) {
	claims := domain.Claims{TokenUse: claim(&req, "token_use"), Sub: claim(&req, "sub"),
		Email: claim(&req, "email"), EmailVerified: claim(&req, "email_verified") == "true"}
	if groups := claim(&req, "cognito:groups"); groups != "" {
		claims.Groups = strings.Split(groups, ",")
	}
	caller, err := domain.NewCaller(claims)
	if err == nil {
		err = caller.RequireIdentified()
	}
	return caller, err
}

// claim returns a claim, or "" if it is absent or not a string.
func claim(req *events.APIGatewayProxyRequest, name string) string {
	claims, _ := req.RequestContext.Authorizer["claims"].(map[string]any)
	s, _ := claims[name].(string)
	return s
}

// PathParameter returns a path parameter, unescaped, since a REST API passes the client's spelling. It returns
// domain.ErrNotFound for an invalid escape.
func PathParameter(req events.APIGatewayProxyRequest, name string) (string, error) {
	value, err := url.PathUnescape(req.PathParameters[name])
	if err != nil {
		return "", domain.ErrNotFound
	}
	return value, nil
}

// IdempotencyKey returns the header Idempotency-Key, by which a client may safely retry a request, or "" if it is absent. It
// is 400 invalid_header if it is repeated or domain.ParseKey refuses it.
func IdempotencyKey(req events.APIGatewayProxyRequest) (domain.Key, error) {
	lines := headerLines(&req, "Idempotency-Key")
	switch len(lines) {
	case 0:
		return "", nil
	case 1:
		key, err := domain.ParseKey(lines[0])
		if err != nil {
			return "", newRequestError(invalidHeader, "Idempotency-Key "+domain.Explain(err).Fields[0].Message+".")
		}
		return key, nil
	}
	return "", newRequestError(invalidHeader, "Idempotency-Key must be there once.")
}

// header returns the value of a request header, and whether it is present. Lines are joined (RFC 9110, section 5.3).
func header(req *events.APIGatewayProxyRequest, name string) (value string, present bool) {
	lines := headerLines(req, name)
	return strings.Join(lines, ", "), len(lines) > 0
}

// headerLines returns the lines of a request header. Case is ignored, since the event has the client's spelling; the lines
// of several spellings are in a fixed order.
func headerLines(req *events.APIGatewayProxyRequest, name string) (lines []string) {
	var keys []string
	for key := range req.MultiValueHeaders {
		if strings.EqualFold(key, name) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 1 && len(req.MultiValueHeaders[keys[0]]) > 0 {
		return req.MultiValueHeaders[keys[0]] // the common case, without a copy
	}
	slices.Sort(keys)
	for _, key := range keys {
		lines = append(lines, req.MultiValueHeaders[key]...)
	}
	switch {
	case len(lines) > 0:
		return lines
	case len(keys) > 0:
		return []string{""} // present and empty
	}
	for key, line := range req.Headers { // an event written by hand may have only this map
		if strings.EqualFold(key, name) {
			return []string{line}
		}
	}
	return nil
}
