package apigateway

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/rawjson"
)

// eventDecoder reads one event into the official type. encoding/json spends two thirds of a request's time on
// the event, most of it on members that nobody reads; this fills what the code reads, checks all the rest in
// the same pass, and keeps nothing of the runtime's buffer, which the next invocation overwrites.
//
// Filled are resource, path, httpMethod, pathParameters, the query, body, isBase64Encoded, requestContext.requestId,
// and by name what headerNames and claimNames list; a claim is filled where it is a string. To read more, add
// it here: a test in functions fails when code reads what is not filled.
//
// On UTF-8 whose names are in exact case and there once it accepts what json.Unmarshal accepts, with the same
// values. For the rest it is stricter, and API Gateway sends none of it: what is not UTF-8 is refused, and so
// is what comes twice of the members that it knows or of the names that it keeps; a name in other case is
// another name.
type eventDecoder struct {
	rawjson.Reader
	request events.APIGatewayProxyRequest
	maps    eventMaps
	chars   strings.Builder // what strings of the request are parts of
	values  []string        // what lists of the request are parts of
}

// eventMaps are the maps of a request, kept from one event to the next.
type eventMaps struct {
	headers, query, path               map[string]string
	multiValueHeaders, multiValueQuery map[string][]string
	authorizer, claims                 map[string]any
}

// headerNames are the headers that are read, each as HTTP/1.1 clients and as HTTP/2 spell it.
var headerNames = []string{
	"Content-Type", "content-type", "If-Match", "if-match", "If-None-Match", "if-none-match",
	"Idempotency-Key", "idempotency-key", "Content-Encoding", "content-encoding",
}

// headerInitials are the bytes that those names, and no others in any case, begin with.
var headerInitials = func() (initial [256]bool) {
	for _, name := range headerNames {
		initial[name[0]|0x20], initial[name[0]&^0x20] = true, true
	}
	return initial
}()

// claimNames are the claims that are read.
var claimNames = []string{"sub", "token_use", "email", "email_verified", "cognito:groups"}

// member is a member of a JSON object and how its value is read.
type member struct {
	name string
	read func(*eventDecoder) bool
}

// The members of the official types, in their order. Those that are read by skips are checked for their type,
// as encoding/json does, and left out.
var (
	eventMembers = []member{
		{"resource", func(d *eventDecoder) bool { return d.string(&d.request.Resource) }},
		{"path", func(d *eventDecoder) bool { return d.string(&d.request.Path) }},
		{"httpMethod", func(d *eventDecoder) bool { return d.string(&d.request.HTTPMethod) }},
		{"headers", func(d *eventDecoder) bool { return d.strings(&d.request.Headers, &d.maps.headers, headerName) }},
		{"multiValueHeaders", func(d *eventDecoder) bool {
			return d.lists(&d.request.MultiValueHeaders, &d.maps.multiValueHeaders, headerName)
		}},
		{"queryStringParameters", func(d *eventDecoder) bool {
			return d.strings(&d.request.QueryStringParameters, &d.maps.query, anyName)
		}},
		{"multiValueQueryStringParameters", func(d *eventDecoder) bool {
			return d.lists(&d.request.MultiValueQueryStringParameters, &d.maps.multiValueQuery, anyName)
		}},
		{"pathParameters", func(d *eventDecoder) bool { return d.strings(&d.request.PathParameters, &d.maps.path, anyName) }},
		{"stageVariables", func(d *eventDecoder) bool { return d.strings(new(map[string]string), new(map[string]string), noName) }},
		{"requestContext", func(d *eventDecoder) bool { return d.object(contextMembers) }},
		{"body", func(d *eventDecoder) bool { return d.string(&d.request.Body) }},
		{"isBase64Encoded", func(d *eventDecoder) bool { return d.Bool(&d.request.IsBase64Encoded) }},
	}
	contextMembers = []member{
		{"accountId", skipString}, {"resourceId", skipString}, {"operationName", skipString}, {"stage", skipString},
		{"domainName", skipString}, {"domainPrefix", skipString},
		{"requestId", func(d *eventDecoder) bool { return d.string(&d.request.RequestContext.RequestID) }},
		{"extendedRequestId", skipString}, {"protocol", skipString},
		{"identity", func(d *eventDecoder) bool { return d.object(identityMembers) }},
		{"resourcePath", skipString}, {"path", skipString},
		{"authorizer", (*eventDecoder).authorizer},
		{"httpMethod", skipString}, {"requestTime", skipString}, {"requestTimeEpoch", skipInteger}, {"apiId", skipString},
	}
	identityMembers = []member{
		{"cognitoIdentityPoolId", skipString}, {"accountId", skipString}, {"cognitoIdentityId", skipString},
		{"caller", skipString}, {"apiKey", skipString}, {"apiKeyId", skipString}, {"accessKey", skipString},
		{"sourceIp", skipString}, {"cognitoAuthenticationType", skipString}, {"cognitoAuthenticationProvider", skipString},
		{"userArn", skipString}, {"userAgent", skipString}, {"user", skipString},
		{"clientCert", func(d *eventDecoder) bool { return d.object(certificateMembers) }},
	}
	certificateMembers = []member{
		{"clientCertPem", skipString}, {"issuerDN", skipString}, {"serialNumber", skipString}, {"subjectDN", skipString},
		{"validity", func(d *eventDecoder) bool { return d.object(validityMembers) }},
	}
	validityMembers = []member{{"notAfter", skipString}, {"notBefore", skipString}}
)

// textRoom is how many bytes the strings of an ordinary request take together, body included. What does not
// fit has memory of its own.
const textRoom = 256

// decode reads data into d.request. Its error quotes nothing of it.
func (d *eventDecoder) decode(data []byte) error {
	d.Reader = rawjson.NewReader(data)
	d.chars.Reset()
	d.chars.Grow(textRoom)
	if d.object(eventMembers) && d.End() {
		return nil
	}
	return fmt.Errorf("apigateway: the event is not one of API Gateway: %w", d.Err())
}

// release gives the request's maps back, to be filled again.
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

// object reads an object of which the members of table are known, or null.
func (d *eventDecoder) object(table []member) bool {
	if d.Null() {
		return true
	}
	var seen uint32 // a bit for each member
	for more := d.Open('{'); more; more = d.Next('}') {
		name, ok := d.Name()
		if !ok {
			return false
		}
		i := find(table, name)
		if i < 0 {
			if !d.Skip(false) {
				return false
			}
			continue
		}
		if seen&(1<<i) != 0 {
			return d.Fail("a member that is there twice")
		}
		seen |= 1 << i
		if !table[i].read(d) {
			return false
		}
	}
	return d.OK()
}

func find(table []member, name []byte) int {
	for i := range table {
		if table[i].name == string(name) {
			return i
		}
	}
	return -1
}

// string reads a string, or null.
func (d *eventDecoder) string(target *string) bool {
	if d.Null() {
		return true
	}
	raw, escaped, ok := d.RawString()
	if ok {
		*target = d.keep(raw, escaped)
	}
	return ok
}

// keep makes a string of the text of a literal.
func (d *eventDecoder) keep(raw []byte, escaped bool) string {
	own := &d.chars
	if len(raw) > own.Cap()-own.Len() {
		own = new(strings.Builder)
		own.Grow(len(raw)) // no escape is shorter than what it stands for
	}
	start := own.Len()
	if escaped {
		rawjson.AppendUnquoted(own, raw)
	} else {
		own.Write(raw)
	}
	return own.String()[start:]
}

// naming decides whether a member of a map is kept, and under what string.
type naming func(d *eventDecoder, name []byte) (kept string, keep bool)

func anyName(d *eventDecoder, name []byte) (string, bool) { return d.keep(name, false), true }

func noName(*eventDecoder, []byte) (string, bool) { return "", false }

// headerName finds a name as headerLines does.
func headerName(d *eventDecoder, name []byte) (string, bool) {
	if len(name) == 0 || !headerInitials[name[0]] {
		return "", false // as nearly all
	}
	for _, known := range headerNames {
		if string(name) == known {
			return known, true
		}
	}
	for _, known := range headerNames {
		if bytes.EqualFold(name, []byte(known)) {
			return d.keep(name, false), true
		}
	}
	return "", false
}

// strings reads a map of strings, or null.
func (d *eventDecoder) strings(target, kept *map[string]string, name naming) bool {
	return readMap(d, target, kept, name, (*eventDecoder).text, skipString)
}

// lists reads a map of lists of strings, or null.
func (d *eventDecoder) lists(target, kept *map[string][]string, name naming) bool {
	return readMap(d, target, kept, name, (*eventDecoder).list, skipList)
}

// readMap reads an object of any names, or null. Members that are not kept are read as well, by skip.
func readMap[V any](d *eventDecoder, target, kept *map[string]V, name naming, read func(*eventDecoder) (V, bool), skip func(*eventDecoder) bool) bool {
	if d.Null() {
		return true
	}
	if *kept == nil {
		*kept = make(map[string]V)
	}
	*target = *kept
	for more := d.Open('{'); more; more = d.Next('}') {
		raw, ok := d.Name()
		if !ok {
			return false
		}
		key, keep := name(d, raw)
		if !keep {
			if !skip(d) {
				return false
			}
			continue
		}
		if _, twice := (*target)[key]; twice {
			return d.Fail("a name that is there twice")
		}
		if (*target)[key], ok = read(d); !ok {
			return false
		}
	}
	return d.OK()
}

// text reads a string; null is an empty one.
func (d *eventDecoder) text() (s string, ok bool) {
	ok = d.string(&s)
	return s, ok
}

// list reads a list of strings, or null.
func (d *eventDecoder) list() ([]string, bool) {
	if d.Null() {
		return nil, true
	}
	start := len(d.values)
	for more := d.Open('['); more; more = d.Next(']') {
		s, ok := d.text()
		if !ok {
			return nil, false
		}
		d.values = append(d.values, s)
	}
	if len(d.values) == start {
		return []string{}, d.OK() // an empty list is not none
	}
	return slices.Clip(d.values[start:]), d.OK()
}

// authorizer reads what the authorizer hands on, of which the claims are kept.
func (d *eventDecoder) authorizer() bool {
	if d.Null() {
		return true
	}
	seen := false // the claims
	for more := d.Open('{'); more; more = d.Next('}') {
		name, ok := d.Name()
		switch {
		case !ok:
			return false
		case string(name) != "claims":
			ok = d.Skip(true)
		case seen:
			return d.Fail("claims that are there twice")
		default:
			seen, ok = true, d.claims()
		}
		if !ok {
			return false
		}
	}
	return d.OK()
}

// claims reads the claims, of which an object is kept.
func (d *eventDecoder) claims() bool {
	if d.Peek() != '{' {
		return d.Skip(true)
	}
	if d.maps.claims == nil {
		d.maps.claims, d.maps.authorizer = make(map[string]any), make(map[string]any)
	}
	d.maps.authorizer["claims"] = d.maps.claims
	d.request.RequestContext.Authorizer = d.maps.authorizer
	var seen uint32 // a bit for each of claimNames
	for more := d.Open('{'); more; more = d.Next('}') {
		name, ok := d.Name()
		if !ok {
			return false
		}
		i := slices.Index(claimNames, string(name))
		switch {
		case i < 0:
			ok = d.Skip(true)
		case seen&(1<<i) != 0:
			return d.Fail("a claim that is there twice")
		default:
			seen |= 1 << i
			ok = d.claim(claimNames[i])
		}
		if !ok {
			return false
		}
	}
	return d.OK()
}

// claim reads the claim of that name, and keeps a string; most are one of a few.
func (d *eventDecoder) claim(name string) bool {
	if d.Peek() != '"' {
		return d.Skip(true)
	}
	raw, escaped, ok := d.RawString()
	switch string(raw) { // constants need no memory of their own
	case "id":
		d.maps.claims[name] = "id"
	case "true":
		d.maps.claims[name] = "true"
	case "false":
		d.maps.claims[name] = "false"
	default:
		d.maps.claims[name] = d.keep(raw, escaped)
	}
	return ok
}
