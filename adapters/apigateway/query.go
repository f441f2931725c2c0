package apigateway

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/domain"
)

// Query is the query string of a request. Its methods collect problems, which Err returns together.
type Query struct {
	values   map[string][]string
	problems domain.Problems
}

// ParseQuery parses the query string. Each parameter that is not in names is a problem.
func ParseQuery(req events.APIGatewayProxyRequest, names ...string) *Query {
	q := &Query{values: req.MultiValueQueryStringParameters}
	if len(q.values) == 0 { // an event written by hand may have only the other map
		q.values = make(map[string][]string, len(req.QueryStringParameters))
		for name, value := range req.QueryStringParameters {
			q.values[name] = []string{value}
		}
	}
	var unknown []string
	for name := range q.values {
		if !slices.Contains(names, name) {
			unknown = append(unknown, shorten(name))
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		q.AddProblem(name, "is not a parameter of this request")
	}
	return q
}

// AddProblem adds a problem of a parameter.
func (q *Query) AddProblem(name, message string) {
	q.problems.Add(name, invalidParameter.code, message)
}

// String returns the value of a parameter that may occur once; ok is whether it is present.
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

// OptionalInt returns the value of a whole number from low to high in decimal digits, or nil if it is absent.
func (q *Query) OptionalInt(name string, low, high int) *int {
	text, ok := q.String(name)
	if !ok {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(n) != text || n < low || n > high {
		q.AddProblem(name, "must be a whole number from "+strconv.Itoa(low)+" to "+strconv.Itoa(high))
		return nil
	}
	return &n
}

// Strings returns the values of a parameter that may be repeated.
func (q *Query) Strings(name string) []string { return q.values[name] }

// OptionalString returns the value of a parameter that may occur once, or nil if it is absent.
func (q *Query) OptionalString(name string) *string {
	text, ok := q.String(name)
	if !ok {
		return nil
	}
	return &text
}

// OptionalDecimal returns the value of a number in decimal notation without an exponent, or nil if it is absent.
func (q *Query) OptionalDecimal(name string) *float64 {
	text, ok := q.String(name)
	if !ok {
		return nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !isDecimal(text) {
		q.AddProblem(name, "must be a decimal number such as 12.5")
		return nil
	}
	return &n
}

func isDecimal(text string) bool {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	return isDigits(whole) && (!point || isDigits(fraction))
}

func isDigits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// AddProblems adds the problems of a *domain.ValidationError, and reports whether err is one. It leaves out those of
// parameters that already have a problem, and of their dependents: the constructor did not get their values.
func (q *Query) AddProblems(err error, dependents map[string][]string) bool {
	var invalid *domain.ValidationError
	if !errors.As(err, &invalid) {
		return false
	}
	var skipped []string
	for _, p := range q.problems {
		skipped = append(append(skipped, p.Field), dependents[p.Field]...)
	}
	for _, p := range invalid.Problems {
		if !slices.Contains(skipped, p.Field) {
			q.AddProblem(p.Field, p.Message)
		}
	}
	return true
}

// Err returns 400 invalid_parameter with all problems, or nil.
func (q *Query) Err() error {
	if len(q.problems) == 0 {
		return nil
	}
	return &requestError{kind: invalidParameter, detail: "Some parameters are not acceptable.", fields: q.problems}
}
