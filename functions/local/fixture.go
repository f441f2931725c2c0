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

// fixture has what a recorded event may hold: fixtures are committed. Headers, claims and query parameters stay by
// name; within what stays, tokens and e-mail addresses are replaced. It maps real addresses to invented ones.
type fixture map[string]string

// removed stands for a value whose name may stay.
const removed = "REMOVED"

// recordedClient is the address of every client.
const recordedClient = "127.0.0.1"

// Names that may stay. Everything else that a client or a browser sends is left out.
var (
	keptHeaders = []string{
		"Accept", "Accept-Encoding", "Authorization", "Content-Encoding", "Content-Length", "Content-Type", "Host", "Idempotency-Key",
		"If-Match", "If-None-Match", "Origin", "User-Agent", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto",
	}
	keptResponseHeaders = []string{
		"Accept", "Accept-Encoding", "Accept-Patch", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Allow", "Cache-Control",
		"Content-Type", "ETag", "Last-Modified", "Link", "Location", "Retry-After", "Vary", "WWW-Authenticate", "X-Content-Type-Options",
	}
	keptClaims = []string{
		"aud", "auth_time", "cognito:groups", "cognito:username", "email", "email_verified", "event_id", "exp", "iat", "iss", "jti",
		"origin_jti", "sub", "token_use",
	}
	// keptParameters are those of openapi.yaml. The values of others become removed; their names are in responses.
	keptParameters = []string{
		"category", "cursor", "lat", "limit", "lng", "maxPrice", "minPrice", "ownerId", "q", "radiusKm", "sort", "tag", "userType",
	}
)

// request is an event of API Gateway, of which only what may stay is left.
func (f fixture) request(e map[string]any) any {
	for _, name := range []string{"headers", "multiValueHeaders"} {
		keep(object(e[name]), keptHeaders, strings.EqualFold)
		for header, value := range object(e[name]) {
			switch {
			case strings.EqualFold(header, "Authorization"):
				object(e[name])[header] = each(value, f.authorization)
			case strings.EqualFold(header, "X-Forwarded-For"):
				object(e[name])[header] = each(value, func(string) string { return recordedClient })
			}
		}
	}
	for _, name := range []string{"queryStringParameters", "multiValueQueryStringParameters"} {
		for parameter, value := range object(e[name]) {
			if !slices.Contains(keptParameters, parameter) {
				object(e[name])[parameter] = each(value, func(string) string { return removed })
			}
		}
	}
	context := object(e["requestContext"])
	keep(object(object(context["authorizer"])["claims"]), keptClaims, func(a, b string) bool { return a == b })
	if identity := object(context["identity"]); identity != nil {
		identity["sourceIp"] = recordedClient
	}
	if isBase64, _ := e["isBase64Encoded"].(bool); isBase64 {
		e["body"] = f.base64(e["body"])
	}
	return f.value(e)
}

// object is v as a JSON object, nil where it is none.
func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// keep deletes the members that are not among names.
func keep(members map[string]any, names []string, equal func(a, b string) bool) {
	for member := range members {
		if !slices.ContainsFunc(names, func(name string) bool { return equal(name, member) }) {
			delete(members, member)
		}
	}
}

// each replaces the text v, or all texts in the list v. Anything else becomes removed.
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
	return removed
}

// authorization is the header without the token. Other credentials, such as Basic, do not stay.
func (f fixture) authorization(value string) string {
	if value = tokenForm.ReplaceAllString(value, "TOKEN"); value == "TOKEN" || value == "Bearer TOKEN" {
		return value
	}
	return removed
}

func (f fixture) responseHeaders(headers map[string]string) map[string]string {
	kept := map[string]string{}
	for name, value := range headers {
		if slices.ContainsFunc(keptResponseHeaders, func(k string) bool { return strings.EqualFold(k, name) }) {
			kept[name] = f.text(value)
		}
	}
	return kept
}

// value replaces, in every text within v, what must not stay, and what would differ in the next recording.
func (f fixture) value(v any) any {
	switch v := v.(type) {
	case string:
		return f.text(v)
	case []any:
		for i := range v {
			v[i] = f.value(v[i])
		}
		return v
	case map[string]any:
		cleaned := make(map[string]any, len(v))
		for name, member := range v {
			cleaned[f.text(name)] = f.value(member)
			if fixed, changes := frozenMembers[name]; changes {
				cleaned[name] = fixed
			}
		}
		return cleaned
	}
	return v
}

// frozenMembers are the claims that differ with every sign-in, and the times of messages.
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
	// emailForm is generous: what stands around an @, percent-encoded or not, however often.
	emailForm = regexp.MustCompile(`[^\s"<>,;:()&=/?\\]+(@|%(?:25)*40)[^\s"<>,;:()&=/?\\]+`)
	// literalForm is a string of JSON; the last one of a text that was cut off has no end.
	literalForm = regexp.MustCompile(`"(?:[^"\\]|\\.)*(?:"|\\?$)`)
	escapeForm  = regexp.MustCompile(`\\u[0-9A-Fa-f]{4}`)
)

// text replaces tokens and e-mail addresses. Strings of JSON are opened first, at any depth: there, each letter may
// be an escape. What holds neither stays as it was spelled, since the response may depend on that.
func (f fixture) text(text string) string {
	return f.plain(literalForm.ReplaceAllStringFunc(text, f.literal))
}

func (f fixture) literal(literal string) string {
	var decoded string
	whole := strings.TrimSuffix(literal, `\`)
	closed := len(whole) > 1 && strings.HasSuffix(whole, `"`)
	if !closed {
		whole += `"`
	}
	if json.Unmarshal([]byte(whole), &decoded) != nil { // not JSON after all: an escape that is none, a control character
		decoded = escapeForm.ReplaceAllStringFunc(strings.Trim(whole, `"`), func(escape string) string {
			var letter string
			_ = json.Unmarshal([]byte(`"`+escape+`"`), &letter) // it has the form
			return letter
		})
	}
	cleaned := f.text(decoded)
	if cleaned == decoded {
		return literal
	}
	encoded := quoted(cleaned)
	if !closed {
		encoded = strings.TrimSuffix(encoded, `"`)
	}
	return encoded
}

// quoted is a string of JSON that leaves <, > and & as they are.
func quoted(text string) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string can be encoded
	return strings.TrimSuffix(out.String(), "\n")
}

func (f fixture) plain(text string) string {
	return emailForm.ReplaceAllStringFunc(tokenForm.ReplaceAllString(text, "TOKEN"), f.invented)
}

func (f fixture) base64(body any) any {
	text, _ := body.(string)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return body
	}
	return base64.StdEncoding.EncodeToString([]byte(f.text(string(data))))
}

var encodedAt = regexp.MustCompile(`%(?:25)*40`)

// invented is the same for the same address, so that what was equal stays equal. Addresses at example.com belong to
// nobody (RFC 2606) and stay.
func (f fixture) invented(email string) string {
	at := encodedAt.FindString(email)
	plain := encodedAt.ReplaceAllString(email, "@")
	if strings.HasSuffix(plain, "@example.com") {
		return email
	}
	if f[plain] == "" {
		f[plain] = fmt.Sprintf("person%d@example.com", len(f)+1)
	}
	if at != "" {
		return strings.Replace(f[plain], "@", at, 1)
	}
	return f[plain]
}
