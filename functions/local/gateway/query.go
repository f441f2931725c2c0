package gateway

import (
	"fmt"
	"net/url"
	"strings"
)

// parseQuery splits and decodes a query string by the rules of a REST API, which differ from net/url: a semicolon separates
// parameters like an ampersand, and | { } must be escaped. A parameter without = has an empty value. Invalid UTF-8 in names
// is replaced, so names that differ only there are one parameter.
// It returns nil for an empty query string.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
func parseQuery(text string) (map[string][]string, error) {
	if at := strings.IndexAny(text, "|{}"); at >= 0 {
		return nil, fmt.Errorf("query string: %q must be escaped", text[at])
	}
	query := map[string][]string{}
	for parameter := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '&' || r == ';' }) {
		name, value, _ := strings.Cut(parameter, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, fmt.Errorf("query string: %w", err)
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, fmt.Errorf("query string: %w", err)
		}
		name = strings.ToValidUTF8(name, "\ufffd")
		query[name] = append(query[name], value)
	}
	if len(query) == 0 {
		return nil, nil
	}
	return query, nil
}
