package apigateway

import (
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/domain"
)

// Conditions reads If-Match and If-None-Match of a write (RFC 9110, section 13.1). Of If-None-Match
// only * has a meaning there; both together could never be satisfied. What is not a list of entity
// tags is 400 invalid_header.
func Conditions(req events.APIGatewayProxyRequest) (domain.Condition, error) {
	match, none := header(req, "If-Match"), strings.TrimSpace(header(req, "If-None-Match"))
	switch {
	case match != "" && none != "":
		return domain.Condition{}, refuse(invalidHeader, "If-Match and If-None-Match exclude each other.")
	case none == "*":
		return domain.MustNotExist(), nil
	case none != "":
		return domain.Condition{}, refuse(invalidHeader, "If-None-Match of a write must be *.")
	case match == "":
		return domain.Condition{}, nil
	}
	tags, star, ok := parseTags(match)
	switch {
	case !ok:
		return domain.Condition{}, refuse(invalidHeader, "If-Match must be * or a list of entity tags in double quotes.")
	case star:
		return domain.MustExist(), nil
	}
	var versions []domain.Version
	for _, tag := range tags {
		if v, ok := tagVersion(tag); ok {
			versions = append(versions, v)
		}
	}
	return domain.MustBe(versions...), nil
}

// Unmodified reports whether the client already has what etag names, by If-None-Match of a read. The
// comparison is weak (RFC 9110, section 13.1.2). A header that is no list of tags is 400 invalid_header.
func Unmodified(req events.APIGatewayProxyRequest, etag string) (bool, error) {
	value := header(req, "If-None-Match")
	if value == "" {
		return false, nil
	}
	tags, star, ok := parseTags(value)
	if !ok {
		return false, refuse(invalidHeader, "If-None-Match must be * or a list of entity tags in double quotes.")
	}
	for _, tag := range tags {
		if strings.TrimPrefix(tag, "W/") == etag {
			return true, nil
		}
	}
	return star, nil
}

// VersionTag is the entity tag of a record's version.
func VersionTag(v domain.Version) string { return `"` + strconv.FormatInt(int64(v), 10) + `"` }

// tagVersion is the version that a strong tag of ours names: the part before the dot, since a tag may
// also name the version of what an answer shows beside the record. Other tags name none: under the
// strong comparison they match nothing.
func tagVersion(tag string) (domain.Version, bool) {
	text, quoted := strings.CutPrefix(tag, `"`)
	text, _, _ = strings.Cut(strings.TrimSuffix(text, `"`), ".")
	v, err := strconv.ParseInt(text, 10, 64)
	if !quoted || err != nil || v <= 0 || strconv.FormatInt(v, 10) != text {
		return 0, false
	}
	return domain.Version(v), true
}

// parseTags splits a list of entity tags (RFC 9110, section 8.8.3); star is the list "*". Empty
// elements are skipped, as section 5.6.1.2 asks of a recipient.
func parseTags(value string) (tags []string, star, ok bool) {
	rest := strings.Trim(value, " \t")
	if rest == "*" {
		return nil, true, true
	}
	for rest != "" {
		if rest[0] == ',' {
			rest = strings.TrimLeft(rest[1:], " \t")
			continue
		}
		n := tagLen(rest)
		if n == 0 {
			return nil, false, false
		}
		tags = append(tags, rest[:n])
		rest = strings.TrimLeft(rest[n:], " \t")
		if rest != "" && rest[0] != ',' {
			return nil, false, false
		}
	}
	return tags, false, len(tags) > 0
}

// tagLen is the length of the entity tag at the start of s, or 0 if there is none.
func tagLen(s string) int {
	open := 0
	if strings.HasPrefix(s, "W/") {
		open = 2
	}
	if len(s) <= open || s[open] != '"' {
		return 0
	}
	for i := open + 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i + 1
		case c < 0x21 || c == 0x7f:
			return 0
		}
	}
	return 0
}
