package apigateway

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/rawjson"
)

// eventDecoder decodes one event. encoding/json spends two thirds of a request's time on the event, mostly on members
// that no code reads. This decoder fills the members that the code reads and skips the others; it validates the grammar
// of all. It keeps no reference to the buffer of the Lambda runtime, which the next invocation overwrites.
//
// It fills resource, path, httpMethod, pathParameters, the query, body, isBase64Encoded, requestContext.requestId, the
// headers in headerNames, and the claims in claimNames that are strings. To read more, add it here, and a fixture that
// has the new member: TestDecoder in functions replays all fixtures through this decoder and encoding/json.
//
// Of valid UTF-8 it decodes the filled members as encoding/json does, with two exceptions that API Gateway never sends:
// duplicates are an error, and names in another case are other names.
type eventDecoder struct {
	rawjson.Reader
	request events.APIGatewayProxyRequest
	maps    eventMaps
	chars   strings.Builder // backs the strings of the request
	values  []string        // backs the lists of the request
}

// eventMaps are the maps of a request, reused for the next event.
type eventMaps struct {
	headers, query, path               map[string]string
	multiValueHeaders, multiValueQuery map[string][]string
	authorizer, claims                 map[string]any
}

// headerNames are the headers that are read, as HTTP/1.1 clients and as HTTP/2 spell them.
var headerNames = []string{
	"Content-Type", "content-type", "If-Match", "if-match", "If-None-Match", "if-none-match",
	"Idempotency-Key", "idempotency-key", "Content-Encoding", "content-encoding",
}

// headerInitials has the first bytes of headerNames in upper and lower case.
var headerInitials = func() (initial [256]bool) {
	for _, name := range headerNames {
		initial[name[0]|0x20], initial[name[0]&^0x20] = true, true
	}
	return initial
}()

// claimNames are the claims that are read.
var claimNames = []string{"sub", "token_use", "email", "email_verified", "cognito:groups"}

// member is a member of a JSON object that is read.
type member struct {
	name string
	read func(*eventDecoder) bool
}

// maxMembers is the largest number of members in a table.
const maxMembers = 16

var (
	eventMembers = []member{
		{"resource", func(d *eventDecoder) bool { return d.readString(&d.request.Resource) }},
		{"path", func(d *eventDecoder) bool { return d.readString(&d.request.Path) }},
		{"httpMethod", func(d *eventDecoder) bool { return d.readString(&d.request.HTTPMethod) }},
		{"headers", func(d *eventDecoder) bool { return d.readStrings(&d.request.Headers, &d.maps.headers, headerName) }},
		{"multiValueHeaders", func(d *eventDecoder) bool {
			return d.readLists(&d.request.MultiValueHeaders, &d.maps.multiValueHeaders, headerName)
		}},
		{"queryStringParameters", func(d *eventDecoder) bool {
			return d.readStrings(&d.request.QueryStringParameters, &d.maps.query, (*eventDecoder).copyString)
		}},
		{"multiValueQueryStringParameters", func(d *eventDecoder) bool {
			return d.readLists(&d.request.MultiValueQueryStringParameters, &d.maps.multiValueQuery, (*eventDecoder).copyString)
		}},
		{"pathParameters", func(d *eventDecoder) bool {
			return d.readStrings(&d.request.PathParameters, &d.maps.path, (*eventDecoder).copyString)
		}},
		{"requestContext", func(d *eventDecoder) bool { return d.readObject(contextMembers) }},
		{"body", func(d *eventDecoder) bool { return d.readString(&d.request.Body) }},
		{"isBase64Encoded", func(d *eventDecoder) bool { return d.Bool(&d.request.IsBase64Encoded) }},
	}
	contextMembers = []member{
		{"requestId", func(d *eventDecoder) bool { return d.readString(&d.request.RequestContext.RequestID) }},
		{"authorizer", func(d *eventDecoder) bool { return d.readObject(authorizerMembers) }},
	}
	authorizerMembers = []member{{"claims", (*eventDecoder).readClaims}}
)

// charsSize is how many bytes the strings of an ordinary request take, body included. Longer strings are allocated
// apart.
const charsSize = 256

// decode decodes data into d.request. Its error quotes nothing of data.
func (d *eventDecoder) decode(data []byte) error {
	d.Reader = rawjson.NewReader(data)
	d.chars.Reset()
	d.chars.Grow(charsSize)
	if d.readObject(eventMembers) && d.End() {
		return nil
	}
	return fmt.Errorf("apigateway: invalid event: %w", d.Err())
}

// release clears the maps of the request for the next event.
func (d *eventDecoder) release() {
	clear(d.maps.headers)
	clear(d.maps.query)
	clear(d.maps.path)
	clear(d.maps.multiValueHeaders)
	clear(d.maps.multiValueQuery)
	clear(d.maps.authorizer)
	clear(d.maps.claims)
	*d = eventDecoder{maps: d.maps}
}

// readObject reads the members of table from an object, or null.
func (d *eventDecoder) readObject(table []member) bool {
	if d.Null() {
		return true
	}
	var seen [maxMembers]bool
	for more := d.Open('{'); more; more = d.Next('}') {
		name, ok := d.Name()
		if !ok {
			return false
		}
		i := slices.IndexFunc(table, func(m member) bool { return m.name == string(name) })
		switch {
		case i < 0:
			ok = d.Skip()
		case seen[i]:
			ok = d.Fail("duplicate member")
		default:
			seen[i] = true
			ok = table[i].read(d)
		}
		if !ok {
			return false
		}
	}
	return d.OK()
}

// readString reads a string; null leaves target unchanged.
func (d *eventDecoder) readString(target *string) bool {
	if d.Null() {
		return true
	}
	content, escaped, ok := d.StringContent()
	if ok {
		*target = d.unescape(content, escaped)
	}
	return ok
}

// copyString copies a string without escapes.
func (d *eventDecoder) copyString(text []byte) (string, bool) { return d.unescape(text, false), true }

// unescape returns a copy of string content with its escapes decoded.
func (d *eventDecoder) unescape(content []byte, escaped bool) string {
	chars := &d.chars
	if len(content) > chars.Cap()-chars.Len() {
		chars = new(strings.Builder)
		chars.Grow(len(content)) // no escape is shorter than its character
	}
	start := chars.Len()
	if escaped {
		rawjson.AppendUnescaped(chars, content)
	} else {
		chars.Write(content)
	}
	return chars.String()[start:]
}

// keyFunc returns the key of a map for the name of a member; ok is false if the member is skipped.
type keyFunc func(d *eventDecoder, name []byte) (key string, ok bool)

// headerName returns the name of a header that is read, in the client's spelling.
func headerName(d *eventDecoder, name []byte) (string, bool) {
	if len(name) == 0 || !headerInitials[name[0]] {
		return "", false // the common case
	}
	for _, known := range headerNames {
		if string(name) == known {
			return known, true
		}
	}
	for _, known := range headerNames {
		if bytes.EqualFold(name, []byte(known)) {
			return d.copyString(name)
		}
	}
	return "", false
}

func claimName(_ *eventDecoder, name []byte) (string, bool) {
	i := slices.Index(claimNames, string(name))
	if i < 0 {
		return "", false
	}
	return claimNames[i], true
}

// readStrings reads an object of strings, or null.
func (d *eventDecoder) readStrings(target, reused *map[string]string, key keyFunc) bool {
	return readMap(d, target, reused, key, func(d *eventDecoder) (s string, ok bool) {
		ok = d.readString(&s)
		return s, ok
	})
}

// readLists reads an object of lists of strings, or null.
func (d *eventDecoder) readLists(target, reused *map[string][]string, key keyFunc) bool {
	return readMap(d, target, reused, key, (*eventDecoder).readList)
}

// readMap reads an object into the map that is reused, and sets target to that map. null leaves target unchanged.
func readMap[V any](d *eventDecoder, target, reused *map[string]V, key keyFunc, value func(*eventDecoder) (V, bool)) bool {
	if d.Null() {
		return true
	}
	if *reused == nil {
		*reused = make(map[string]V)
	}
	m := *reused
	*target = m
	for more := d.Open('{'); more; more = d.Next('}') {
		raw, ok := d.Name()
		if !ok {
			return false
		}
		name, ok := key(d, raw)
		if !ok {
			if !d.Skip() {
				return false
			}
			continue
		}
		if _, found := m[name]; found {
			return d.Fail("duplicate name")
		}
		if m[name], ok = value(d); !ok {
			return false
		}
	}
	return d.OK()
}

// readList reads a list of strings, or null.
func (d *eventDecoder) readList() ([]string, bool) {
	if d.Null() {
		return nil, true
	}
	start := len(d.values)
	for more := d.Open('['); more; more = d.Next(']') {
		var s string
		if !d.readString(&s) {
			return nil, false
		}
		d.values = append(d.values, s)
	}
	if len(d.values) == start {
		return []string{}, d.OK() // not nil, as in encoding/json
	}
	return slices.Clip(d.values[start:]), d.OK()
}

// readClaims reads the claims of the authorizer; values other than an object are skipped.
func (d *eventDecoder) readClaims() bool {
	if d.Peek() != '{' {
		return d.Skip()
	}
	var claims map[string]any
	if !readMap(d, &claims, &d.maps.claims, claimName, (*eventDecoder).readClaim) {
		return false
	}
	if d.maps.authorizer == nil {
		d.maps.authorizer = make(map[string]any)
	}
	d.maps.authorizer["claims"] = claims
	d.request.RequestContext.Authorizer = d.maps.authorizer
	return true
}

// readClaim reads a claim; values other than strings are nil.
func (d *eventDecoder) readClaim() (any, bool) {
	if d.Peek() != '"' {
		return nil, d.Skip()
	}
	content, escaped, ok := d.StringContent()
	switch string(content) { // constants need no allocation
	case "id":
		return "id", ok
	case "true":
		return "true", ok
	case "false":
		return "false", ok
	}
	return d.unescape(content, escaped), ok
}
