package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// sanitizer removes personal data and secrets from recorded events, because fixtures are committed. Headers, claims and
// query parameters stay if their names are allowed; tokens and e-mail addresses are replaced in all values. It maps real
// addresses to their replacements.
type sanitizer map[string]string

// redacted replaces values whose names may stay.
const redacted = "REMOVED"

// recordedClient replaces the address of every client.
const recordedClient = "127.0.0.1"

// Allowed names. What else a client or a browser sends is deleted.
var (
	allowedHeaders = []string{
		"Accept", "Accept-Encoding", "Authorization", "Content-Encoding", "Content-Length", "Content-Type", "Host", "Idempotency-Key",
		"If-Match", "If-None-Match", "Origin", "User-Agent", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto",
	}
	allowedResponseHeaders = []string{
		"Accept", "Accept-Encoding", "Accept-Patch", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Allow", "Cache-Control",
		"Content-Type", "ETag", "Last-Modified", "Link", "Location", "Retry-After", "Vary", "WWW-Authenticate", "X-Content-Type-Options",
	}
	allowedClaims = []string{
		"aud", "auth_time", "cognito:groups", "cognito:username", "email", "email_verified", "event_id", "exp", "iat", "iss", "jti",
		"origin_jti", "sub", "token_use",
	}
	// allowedParameters are those of openapi.yaml. The values of others are redacted; their names are in responses.
	allowedParameters = []string{
		"category", "cursor", "lat", "limit", "lng", "maxPrice", "minPrice", "ownerId", "q", "radiusKm", "sort", "tag", "userType",
	}
)

// request sanitizes an event of API Gateway.
func (s sanitizer) request(e map[string]any) any {
	for _, name := range []string{"headers", "multiValueHeaders"} {
		keep(object(e[name]), allowedHeaders, strings.EqualFold)
		for header, value := range object(e[name]) {
			switch {
			case strings.EqualFold(header, "Authorization"):
				object(e[name])[header] = each(value, s.authorization)
			case strings.EqualFold(header, "X-Forwarded-For"):
				object(e[name])[header] = each(value, func(string) string { return recordedClient })
			}
		}
	}
	for _, name := range []string{"queryStringParameters", "multiValueQueryStringParameters"} {
		for parameter, value := range object(e[name]) {
			if !slices.Contains(allowedParameters, parameter) {
				object(e[name])[parameter] = each(value, func(string) string { return redacted })
			}
		}
	}
	context := object(e["requestContext"])
	keep(object(object(context["authorizer"])["claims"]), allowedClaims, func(a, b string) bool { return a == b })
	if identity := object(context["identity"]); identity != nil {
		identity["sourceIp"] = recordedClient
	}
	if isBase64, _ := e["isBase64Encoded"].(bool); isBase64 {
		e["body"] = s.base64(e["body"])
	}
	return s.value(e)
}

// object returns v as a JSON object, or nil.
func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// keep deletes the members with other names.
func keep(members map[string]any, names []string, equal func(a, b string) bool) {
	for member := range members {
		if !slices.ContainsFunc(names, func(name string) bool { return equal(name, member) }) {
			delete(members, member)
		}
	}
}

// each applies replace to the string v or to the strings in the list v, and redacts anything else.
func each(v any, replace func(string) string) any {
	switch v := v.(type) {
	case string:
		return replace(v)
	case []any:
		for i := range v {
			v[i] = each(v[i], replace)
		}
		return v
	}
	return redacted
}

// authorization replaces the token of the header, and redacts other credentials.
func (s sanitizer) authorization(value string) string {
	if value = tokenForm.ReplaceAllString(value, "TOKEN"); value == "TOKEN" || value == "Bearer TOKEN" {
		return value
	}
	return redacted
}

func (s sanitizer) responseHeaders(headers map[string]string) map[string]string {
	kept := map[string]string{}
	for name, value := range headers {
		if slices.ContainsFunc(allowedResponseHeaders, func(k string) bool { return strings.EqualFold(k, name) }) {
			kept[name] = s.text(value)
		}
	}
	return kept
}

// value sanitizes every string in v, and replaces the members that differ between recordings.
func (s sanitizer) value(v any) any {
	switch v := v.(type) {
	case string:
		return s.text(v)
	case []any:
		for i := range v {
			v[i] = s.value(v[i])
		}
		return v
	case map[string]any:
		cleaned := make(map[string]any, len(v))
		for name, member := range v {
			cleaned[s.text(name)] = s.value(member)
			if fixed, changes := frozenMembers[name]; changes {
				cleaned[name] = fixed
			}
		}
		return cleaned
	}
	return v
}

// frozenMembers are the claims that differ between sign-ins, and the times of messages.
var frozenMembers = func() map[string]string {
	const layout, id = "Mon Jan 02 15:04:05 MST 2006", "00000000-0000-4000-8000-000000000000"
	milliseconds := fmt.Sprint(frozen.UnixMilli())
	return map[string]string{
		"SentTimestamp": milliseconds, "ApproximateFirstReceiveTimestamp": milliseconds,
		"jti": id, "origin_jti": id, "event_id": id, "auth_time": fmt.Sprint(frozen.Unix()),
		"iat": frozen.Format(layout), "exp": frozen.Add(time.Hour).Format(layout),
	}
}()

var (
	tokenForm = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]*`)
	// emailForm matches too much rather than too little: anything around an @, which may be percent-encoded repeatedly.
	emailForm = regexp.MustCompile(`[^\s"<>,;:()&=/?\\]+(@|%(?:25)*40)[^\s"<>,;:()&=/?\\]+`)
	// literalForm is a JSON string; the last one of a truncated text has no closing quote.
	literalForm = regexp.MustCompile(`"(?:[^"\\]|\\.)*(?:"|\\?$)`)
	escapeForm  = regexp.MustCompile(`\\u[0-9A-Fa-f]{4}`)
)

// text replaces tokens and e-mail addresses. It decodes JSON strings, at any depth, since characters in them may be
// escaped. A string without either keeps its encoding, on which the response may depend.
func (s sanitizer) text(text string) string {
	return s.plain(literalForm.ReplaceAllStringFunc(text, s.literal))
}

func (s sanitizer) literal(literal string) string {
	var decoded string
	whole := strings.TrimSuffix(literal, `\`)
	closed := len(whole) > 1 && strings.HasSuffix(whole, `"`)
	if !closed {
		whole += `"`
	}
	if json.Unmarshal([]byte(whole), &decoded) != nil { // not JSON: an invalid escape or a control character
		decoded = escapeForm.ReplaceAllStringFunc(strings.Trim(whole, `"`), func(escape string) string {
			var letter string
			_ = json.Unmarshal([]byte(`"`+escape+`"`), &letter) // the expression matches escapes only
			return letter
		})
	}
	cleaned := s.text(decoded)
	if cleaned == decoded {
		return literal
	}
	encoded := quoted(cleaned)
	if !closed {
		encoded = strings.TrimSuffix(encoded, `"`)
	}
	return encoded
}

// quoted returns a JSON string in which <, > and & are not escaped.
func quoted(text string) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // strings always encode
	return strings.TrimSuffix(out.String(), "\n")
}

func (s sanitizer) plain(text string) string {
	return emailForm.ReplaceAllStringFunc(tokenForm.ReplaceAllString(text, "TOKEN"), s.replacement)
}

func (s sanitizer) base64(body any) any {
	text, _ := body.(string)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return body
	}
	return base64.StdEncoding.EncodeToString([]byte(s.text(string(data))))
}

var encodedAt = regexp.MustCompile(`%(?:25)*40`)

// replacement returns the same address for the same e-mail, so that equal values stay equal. Addresses at example.com
// (RFC 2606) stay.
func (s sanitizer) replacement(email string) string {
	at := encodedAt.FindString(email)
	plain := encodedAt.ReplaceAllString(email, "@")
	if strings.HasSuffix(plain, "@example.com") {
		return email
	}
	if s[plain] == "" {
		s[plain] = fmt.Sprintf("person%d@example.com", len(s)+1)
	}
	if at != "" {
		return strings.Replace(s[plain], "@", at, 1)
	}
	return s[plain]
}
