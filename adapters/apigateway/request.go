package apigateway

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/domain"
)

// Caller is who calls, from the claims that the authorizer has verified. It is
// domain.ErrUnauthenticated when there are none, or when they are not those of a Cognito ID token.
//
// All claims reach a function as strings. Groups come joined with commas and are split there: the
// names of groups must hold none.
func Caller(req events.APIGatewayProxyRequest) (domain.Caller, error) {
	if use := claim(&req, "token_use"); use != "id" {
		return domain.Caller{}, fmt.Errorf("%w: the claims are not those of an ID token", domain.ErrUnauthenticated)
	}
	sub := claim(&req, "sub")
	if !domain.IsUUID(sub) {
		return domain.Caller{}, fmt.Errorf("%w: the claims have no usable sub", domain.ErrUnauthenticated)
	}
	caller := domain.Caller{ID: domain.UserIDOf(sub), Sub: sub, Email: claim(&req, "email"), EmailVerified: claim(&req, "email_verified") == "true"}
	if groups := claim(&req, "cognito:groups"); groups != "" {
		caller.Groups = strings.Split(groups, ",")
	}
	return caller, nil
}

// claim is the claim of that name, where it is a string.
func claim(req *events.APIGatewayProxyRequest, name string) string {
	claims, _ := req.RequestContext.Authorizer["claims"].(map[string]any)
	s, _ := claims[name].(string)
	return s
}

// PathParameter is the path parameter of that name, unescaped: a REST API passes it on as the client
// wrote it. One that cannot be unescaped names nothing: domain.ErrNotFound.
func PathParameter(req events.APIGatewayProxyRequest, name string) (string, error) {
	value, err := url.PathUnescape(req.PathParameters[name])
	if err != nil {
		return "", domain.ErrNotFound
	}
	return value, nil
}

// maxKeyLength is how long an Idempotency-Key may be, in characters.
const maxKeyLength = 128

// IdempotencyKey is the header by which a client makes the repetition of a request safe; present is
// whether it is there. It is 1 to 128 printable characters of ASCII, or 400 invalid_header.
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
func IdempotencyKey(req events.APIGatewayProxyRequest) (key string, present bool, err error) {
	lines := headerLines(&req, "Idempotency-Key")
	switch len(lines) {
	case 0:
		return "", false, nil
	case 1:
		key = lines[0]
	default:
		return "", true, refuse(invalidHeader, "Idempotency-Key must be there once.")
	}
	unprintable := strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' })
	if strings.TrimSpace(key) == "" || len(key) > maxKeyLength || unprintable {
		return "", true, refuse(invalidHeader, "Idempotency-Key must be 1 to 128 printable characters of ASCII.")
	}
	return key, true, nil
}

// header is the value of the request header of that name, and whether there is one. Its lines are joined as
// RFC 9110, section 5.3 allows.
func header(req *events.APIGatewayProxyRequest, name string) (value string, present bool) {
	lines := headerLines(req, name)
	return strings.Join(lines, ", "), len(lines) > 0
}

// headerLines are the lines of the request header of that name. The event keeps the client's spelling of
// names, so case is ignored; of several spellings, the lines come in an order that is always the same.
func headerLines(req *events.APIGatewayProxyRequest, name string) (lines []string) {
	var keys []string
	for key := range req.MultiValueHeaders {
		if strings.EqualFold(key, name) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 1 && len(req.MultiValueHeaders[keys[0]]) > 0 {
		return req.MultiValueHeaders[keys[0]] // as nearly always, without a copy
	}
	slices.Sort(keys)
	for _, key := range keys {
		lines = append(lines, req.MultiValueHeaders[key]...)
	}
	switch {
	case len(lines) > 0:
		return lines
	case len(keys) > 0:
		return []string{""} // there, and empty
	}
	for key, line := range req.Headers { // an event written by hand may have this map alone
		if strings.EqualFold(key, name) {
			return []string{line}
		}
	}
	return nil
}
