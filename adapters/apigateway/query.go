package apigateway

import (
	"errors"
	"slices"
	"strconv"
	"strings"

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
		q.AddProblem(name, "is not a parameter of this request")
	}
	return q
}

// AddProblem notes what is wrong with a parameter.
func (q *Query) AddProblem(name, message string) {
	q.problems.Add(name, invalidParameter.code, message)
}

// String is the value of a parameter that may be there once; ok is whether it is.
func (q *Query) String(name string) (value string, ok bool) {
	switch values := q.values[name]; len(values) {
	case 0:
		return "", false
	case 1:
		return values[0], true
	default:
		q.AddProblem(name, "must not be repeated")
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
		q.AddProblem(name, "must be a whole number from "+strconv.Itoa(low)+" to "+strconv.Itoa(high))
		return fallback
	}
	return n
}

// Strings are the values of a parameter that may be there any number of times.
func (q *Query) Strings(name string) []string { return q.values[name] }

// OptionalString is the value of a parameter that may be there once, nil when it is not.
func (q *Query) OptionalString(name string) *string {
	text, ok := q.String(name)
	if !ok {
		return nil
	}
	return &text
}

// OptionalDecimal is the value of a number in plain decimal notation: perhaps a minus, digits, perhaps a point
// and digits. It is nil when the parameter is not there.
func (q *Query) OptionalDecimal(name string) *float64 {
	text, ok := q.String(name)
	if !ok {
		return nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !plainDecimal(text) {
		q.AddProblem(name, "must be a decimal number such as 12.5")
		return nil
	}
	return &n
}

func plainDecimal(text string) bool {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	return digits(whole) && (!point || digits(fraction))
}

func digits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// AddProblems notes what a constructor says is wrong with values of the query, and reports whether it does. A
// parameter that could not be read was none to the constructor: what that says of it, and of those that
// dependents names as needing it, is not true.
func (q *Query) AddProblems(err error, dependents map[string][]string) bool {
	var invalid *domain.ValidationError
	if !errors.As(err, &invalid) {
		return false
	}
	var unsaid []string
	for _, p := range q.problems {
		unsaid = append(append(unsaid, p.Field), dependents[p.Field]...)
	}
	for _, p := range invalid.Problems {
		if !slices.Contains(unsaid, p.Field) {
			q.AddProblem(p.Field, p.Message)
		}
	}
	return true
}

// Err is 400 invalid_parameter with all that was noted, or nil.
func (q *Query) Err() error {
	if len(q.problems) == 0 {
		return nil
	}
	return &requestError{kind: invalidParameter, detail: "Some parameters are not acceptable.", fields: q.problems}
}
