package apigateway

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/domain"
)

// Conditions parses If-Match and If-None-Match of a write (RFC 9110, section 13.1). If-None-Match must be *, and both
// headers together are rejected. A header that is not a list of entity tags, or is empty, is 400 invalid_header: the
// client does not want an unconditional write.
func Conditions(req events.APIGatewayProxyRequest) (domain.Condition, error) {
	return conditions(&req, parseVersionETag)
}

// ConditionsOnComposite is Conditions for records with a CompositeETag. It compares the record's own version only.
func ConditionsOnComposite(req events.APIGatewayProxyRequest) (domain.Condition, error) {
	return conditions(&req, compositeVersion)
}

func conditions(req *events.APIGatewayProxyRequest, versionOf func(tag string) (domain.Version, bool)) (domain.Condition, error) {
	match, ifMatch := header(req, "If-Match")
	none, ifNoneMatch := header(req, "If-None-Match")
	switch {
	case ifMatch && ifNoneMatch:
		return domain.Condition{}, newRequestError(invalidHeader, "If-Match and If-None-Match exclude each other.")
	case ifNoneMatch && strings.TrimSpace(none) == "*":
		return domain.MustNotExist(), nil
	case ifNoneMatch:
		return domain.Condition{}, newRequestError(invalidHeader, "If-None-Match of a write must be *.")
	case !ifMatch:
		return domain.Condition{}, nil
	}
	requested, err := readTags("If-Match", match, true)
	switch {
	case err != nil:
		return domain.Condition{}, err
	case requested.any:
		return domain.MustExist(), nil
	}
	var versions []domain.Version
	for _, tag := range requested.tags {
		if v, ok := versionOf(tag); ok {
			versions = append(versions, v)
		}
	}
	return domain.MustBe(versions...), nil
}

// RejectConditions returns 400 invalid_header if If-Match or If-None-Match is present, for writes that cannot be
// conditional. detail says what to send instead.
func RejectConditions(req events.APIGatewayProxyRequest, detail string) error {
	_, ifMatch := header(&req, "If-Match")
	_, ifNoneMatch := header(&req, "If-None-Match")
	if ifMatch || ifNoneMatch {
		return newRequestError(invalidHeader, "If-Match and If-None-Match are not supported here. "+detail)
	}
	return nil
}

// ConditionalGet has If-Match and If-None-Match of a GET (RFC 9110, sections 13.1.1 and 13.1.2).
type ConditionalGet struct{ match, noneMatch *tagList }

// tagList is the value of If-Match or If-None-Match: * or a list of tags.
type tagList struct {
	tags []string
	any  bool
}

// ParseConditionalGet parses If-Match and If-None-Match of a GET. A header that is not a list of entity tags is 400
// invalid_header.
func ParseConditionalGet(req events.APIGatewayProxyRequest) (cond ConditionalGet, err error) {
	match, ifMatch := header(&req, "If-Match")
	if cond.match, err = readTags("If-Match", match, ifMatch); err != nil {
		return cond, err
	}
	noneMatch, ifNoneMatch := header(&req, "If-None-Match")
	cond.noneMatch, err = readTags("If-None-Match", noneMatch, ifNoneMatch)
	return cond, err
}

func readTags(name, value string, present bool) (*tagList, error) {
	if !present {
		return nil, nil
	}
	tags, star, ok := parseTags(value)
	if !ok {
		return nil, newRequestError(invalidHeader, name+" must be * or a list of entity tags in double quotes.")
	}
	return &tagList{tags: tags, any: star}, nil
}

// Check compares the headers with the ETag of the record. It returns domain.ErrPreconditionFailed if If-Match does not
// match (strong comparison). notModified reports whether If-None-Match matches (weak comparison): the response is 304.
func (c ConditionalGet) Check(etag string) (notModified bool, err error) {
	if c.match != nil && !c.match.any && !slices.Contains(c.match.tags, etag) {
		return false, domain.ErrPreconditionFailed
	}
	weakly := func(tag string) bool { return strings.TrimPrefix(tag, "W/") == etag }
	return c.noneMatch != nil && (c.noneMatch.any || slices.ContainsFunc(c.noneMatch.tags, weakly)), nil
}

// VersionETag returns the ETag of a version.
func VersionETag(v domain.Version) string {
	tag := strconv.AppendInt(append(make([]byte, 0, 24), '"'), int64(v), 10)
	return string(append(tag, '"'))
}

// CompositeETag returns the ETag of a response with two records.
func CompositeETag(v, other domain.Version) string {
	return `"` + strconv.FormatInt(int64(v), 10) + "." + strconv.FormatInt(int64(other), 10) + `"`
}

func compositeVersion(tag string) (domain.Version, bool) {
	own, other, ok := strings.Cut(tag, ".")
	if !ok {
		return 0, false
	}
	v, ok := parseVersionETag(own + `"`)
	o, err := strconv.ParseInt(strings.TrimSuffix(other, `"`), 10, 64)
	return v, ok && err == nil && o >= 0 && CompositeETag(v, domain.Version(o)) == tag
}

// parseVersionETag returns the version of a tag that VersionETag returned. Other tags have none, so they match nothing.
func parseVersionETag(tag string) (domain.Version, bool) {
	text, quoted := strings.CutPrefix(tag, `"`)
	v, err := strconv.ParseInt(strings.TrimSuffix(text, `"`), 10, 64)
	if !quoted || err != nil || v <= 0 || VersionETag(domain.Version(v)) != tag {
		return 0, false
	}
	return domain.Version(v), true
}

// parseTags splits a list of entity tags (RFC 9110, section 8.8.3); star is whether it is "*". Empty elements are skipped
// (section 5.6.1.2).
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

// tagLen returns the length of the entity tag at the start of s, or 0 if there is none.
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
