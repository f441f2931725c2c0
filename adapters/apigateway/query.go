package apigateway

import (
	"slices"
	"strconv"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/domain"
)

// Query is the query string of a request. Its readers note what is wrong, so that Err tells all of it
// at once.
type Query struct {
	values   map[string][]string
	problems domain.Problems
}

// ParseQuery reads the query string. Parameters that are not among names are noted as unknown.
func ParseQuery(req events.APIGatewayProxyRequest, names ...string) *Query {
	q := &Query{values: req.MultiValueQueryStringParameters}
	if len(q.values) == 0 { // an event written by hand may have the other map alone
		q.values = make(map[string][]string, len(req.QueryStringParameters))
		for name, value := range req.QueryStringParameters {
			q.values[name] = []string{value}
		}
	}
	var unknown []string
	for name := range q.values {
		if !slices.Contains(names, name) {
			unknown = append(unknown, printable(name))
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		q.Problem(name, "is not a parameter of this request")
	}
	return q
}

// Problem notes what is wrong with a parameter.
func (q *Query) Problem(name, message string) { q.problems.Add(name, invalidParameter.code, message) }

// String is the value of a parameter that may be there once; ok is whether it is.
func (q *Query) String(name string) (value string, ok bool) {
	switch values := q.values[name]; len(values) {
	case 0:
		return "", false
	case 1:
		return values[0], true
	default:
		q.Problem(name, "must not be repeated")
		return "", false
	}
}

// Int is the value of a whole number in plain decimal digits, from low to high; absent is fallback.
func (q *Query) Int(name string, low, high, fallback int) int {
	text, ok := q.String(name)
	if !ok {
		return fallback
	}
	n, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(n) != text || n < low || n > high {
		q.Problem(name, "must be a whole number from "+strconv.Itoa(low)+" to "+strconv.Itoa(high))
		return fallback
	}
	return n
}

// Err is 400 invalid_parameter with all that was noted, or nil.
func (q *Query) Err() error {
	if len(q.problems) == 0 {
		return nil
	}
	return &requestError{kind: invalidParameter, detail: "Some parameters are not acceptable.", fields: q.problems}
}
