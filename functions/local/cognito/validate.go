package cognito

import (
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// member is a value of a request with the constraints that the service's model
// puts on it; see the "Pattern" and "Length Constraints" of
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html
type member struct {
	name    string
	value   string
	max     int  // characters; 0 means any number
	echo    bool // quoted in the message: the model does not mark it as sensitive
	pattern string
	enum    []string
}

func clientMember(v string) member {
	return member{name: "clientId", value: v, max: 128, pattern: `[\w+]+`}
}

func poolMember(v string) member {
	return member{name: "userPoolId", value: v, max: 55, echo: true, pattern: `[\w-]+_[0-9a-zA-Z]+`}
}

func usernameMember(v string) member {
	return member{name: "username", value: v, max: 128, pattern: `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`}
}

func groupMember(v string) member {
	return member{name: "groupName", value: v, max: 128, echo: true, pattern: `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`}
}

func codeMember(v string) member {
	return member{name: "confirmationCode", value: v, max: 2048, echo: true, pattern: `[\S]+`}
}

// passwordMember has the pattern of the service's messages. The published model
// has [\S]+, by which no password could hold a space.
func passwordMember(name, v string) member {
	return member{name: name, value: v, max: 256, pattern: `^[\S]+.*[\S]+$`}
}

func attributeNameMember(v string) member {
	return member{name: "attributeName", value: v, max: 32, echo: true, pattern: `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+`}
}

// listMember is a list, of which only the absence is refused.
func listMember(name string, elements int) member {
	if elements == 0 {
		return member{name: name}
	}
	return member{name: name, value: "a list"}
}

func tokenMember(name, v string) member {
	return member{name: name, value: v, pattern: `[A-Za-z0-9-_=.]+`}
}

// problem returns the constraint that the value fails, or "". A member that is
// an empty string counts as missing.
func (m member) problem() string {
	switch {
	case m.value == "":
		return "Member must not be null"
	case m.max > 0 && utf8.RuneCountInString(m.value) > m.max:
		return fmt.Sprintf("Member must have length less than or equal to %d", m.max)
	case m.enum != nil && !slices.Contains(m.enum, m.value):
		return fmt.Sprintf("Member must satisfy enum value set: [%s]", strings.Join(m.enum, ", "))
	case m.pattern != "" && !matches(m.pattern, m.value):
		return "Member must satisfy regular expression pattern: " + m.pattern
	}
	return ""
}

// validate refuses members that fail a constraint, all in one message, in the
// service's wording.
func validate(members ...member) error {
	var problems []string
	for _, m := range members {
		problem := m.problem()
		if problem == "" {
			continue
		}
		value := "Value"
		if m.echo && m.value != "" {
			value = fmt.Sprintf("Value '%s'", m.value)
		}
		problems = append(problems, fmt.Sprintf("%s at '%s' failed to satisfy constraint: %s", value, m.name, problem))
	}
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return invalidParameter("1 validation error detected: %s", problems[0])
	}
	return invalidParameter("%d validation errors detected: %s", len(problems), strings.Join(problems, "; "))
}

// matches asks for the pattern from end to end, as the service does: it refuses
// '1 12 123' as a confirmationCode by [\S]+. It compiles what it needs when it
// needs it: a request has a handful of members, and a table of compiled
// patterns would be one more place to keep in step.
func matches(pattern, value string) bool {
	ok, err := regexp.MatchString("^(?:"+pattern+")$", value)
	return err == nil && ok
}

func knownClient(id string) error {
	if id != ClientID {
		return notFound("User pool client %s does not exist.", id)
	}
	return nil
}

func knownPool(id string) error {
	if id != PoolID {
		return notFound("User pool %s does not exist.", id)
	}
	return nil
}

// isEmail accepts a lone address without a display name or a comment.
func isEmail(s string) bool {
	address, err := mail.ParseAddress(s)
	return err == nil && address.Address == s && len(s) <= 128
}

func isUUID(s string) bool {
	return matches(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, s)
}

// required returns the parameters of these names, in order, of the map that an
// authentication flow or a challenge takes its parameters from.
func required(parameters map[string]string, names ...string) ([]string, error) {
	var values []string
	for _, name := range names {
		if parameters[name] == "" {
			return nil, missingParameter(name)
		}
		values = append(values, parameters[name])
	}
	return values, nil
}
