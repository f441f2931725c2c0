package filterpolicy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// newCondition returns the condition of an element of a list: a value, or an object with one operator.
func newCondition(element any) (condition, error) {
	operator, ok := element.(map[string]any)
	if !ok {
		return newExact(element)
	}
	for name, argument := range operator {
		text, isText := argument.(string)
		wants, isBool := argument.(bool)
		switch {
		case len(operator) > 1:
			return nil, fmt.Errorf("want one operator, not %v", operator)
		case name == "exists" && isBool:
			return func(_ any, exists bool) bool { return exists == wants }, nil
		case name == "numeric":
			return newNumeric(argument)
		case name == "anything-but":
			return newAnythingBut(argument)
		case isText && textOperators[name] != nil:
			return newText(name, text), nil
		}
		return nil, fmt.Errorf("the operator %s of %v is not supported here", name, argument)
	}
	return nil, fmt.Errorf("want an operator, not an empty object")
}

// textOperators compare a text with the argument of an operator.
var textOperators = map[string]func(text, argument string) bool{
	"prefix": strings.HasPrefix, "suffix": strings.HasSuffix, "equals-ignore-case": strings.EqualFold, "wildcard": matchesWildcard,
}

func newText(operator, argument string) condition {
	return func(value any, _ bool) bool {
		text, ok := value.(string)
		return ok && textOperators[operator](text, argument)
	}
}

func matchesWildcard(text, pattern string) bool {
	form := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`)
	return regexp.MustCompile(`(?s)^(?:` + form + `)$`).MatchString(text)
}

func newExact(want any) (condition, error) {
	switch w := want.(type) {
	case int:
		want = float64(w)
	case string, float64, bool, nil:
	default:
		return nil, fmt.Errorf("the value %v is not supported here", want)
	}
	return func(value any, exists bool) bool { return exists && value == want }, nil
}

// newAnythingBut returns a condition that is true if the value exists and none of the others matches.
func newAnythingBut(argument any) (condition, error) {
	var others []condition
	for _, element := range elements(argument) {
		if operator, ok := element.(map[string]any); ok && (operator["exists"] != nil || operator["numeric"] != nil || operator["anything-but"] != nil) {
			return nil, fmt.Errorf("anything-but of %v is not supported here", element)
		}
		other, err := newCondition(element)
		if err != nil {
			return nil, fmt.Errorf("anything-but: %w", err)
		}
		others = append(others, other)
	}
	return func(value any, exists bool) bool {
		return exists && !slices.ContainsFunc(others, func(c condition) bool { return c(value, true) })
	}, nil
}

// comparisons are the operators of numeric.
var comparisons = map[string]func(a, b float64) bool{
	"=": func(a, b float64) bool { return a == b },
	"<": func(a, b float64) bool { return a < b }, "<=": func(a, b float64) bool { return a <= b },
	">": func(a, b float64) bool { return a > b }, ">=": func(a, b float64) bool { return a >= b },
}

// newNumeric returns the condition of a list such as [">", 0, "<=", 5]: all comparisons must be true.
func newNumeric(argument any) (condition, error) {
	type comparison struct {
		compare func(a, b float64) bool
		limit   float64
	}
	var all []comparison
	list, _ := argument.([]any)
	if len(list) != 2 && len(list) != 4 {
		return nil, fmt.Errorf("numeric: want one or two comparisons, not %v", argument)
	}
	for i := 0; i < len(list); i += 2 {
		operator, _ := list[i].(string)
		limit, ok := number(list[i+1])
		if comparisons[operator] == nil || !ok {
			return nil, fmt.Errorf("numeric: the comparison %v %v is not supported here", list[i], list[i+1])
		}
		all = append(all, comparison{comparisons[operator], limit})
	}
	return func(value any, _ bool) bool {
		n, ok := value.(float64)
		return ok && !slices.ContainsFunc(all, func(c comparison) bool { return !c.compare(n, c.limit) })
	}, nil
}

// number also accepts the integers that a decoder of YAML returns.
func number(v any) (float64, bool) {
	if i, ok := v.(int); ok {
		return float64(i), true
	}
	f, ok := v.(float64)
	return f, ok
}
