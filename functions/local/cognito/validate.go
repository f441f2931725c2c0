package cognito

import (
	"cmp"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// member is a value of a request with the constraints of the service's model: "Pattern" and "Length Constraints" of
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html
type member struct {
	name    string
	value   string
	max     int  // characters; 0: unlimited
	echoed  bool // quoted in the message: the model does not mark it as sensitive
	pattern string
	enum    []string
}

func clientMember(v string) member {
	return member{name: "clientId", value: v, max: 128, pattern: `[\w+]+`}
}

func poolMember(v string) member {
	return member{name: "userPoolId", value: v, max: 55, echoed: true, pattern: `[\w-]+_[0-9a-zA-Z]+`}
}

func usernameMember(v string) member {
	return member{name: "username", value: v, max: 128, pattern: `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`}
}

func groupMember(v string) member {
	return member{name: "groupName", value: v, max: 128, echoed: true, pattern: `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`}
}

func codeMember(v string) member {
	return member{name: "confirmationCode", value: v, max: 2048, echoed: true, pattern: `[\S]+`}
}

// passwordMember has the pattern of the service's messages. That of the published model, [\S]+, excludes all spaces.
func passwordMember(name, v string) member {
	return member{name: name, value: v, max: 256, pattern: `^[\S]+.*[\S]+$`}
}

func attributeNameMember(v string) member {
	return member{name: "attributeName", value: v, max: 32, echoed: true, pattern: `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+`}
}

// listMember is a list that must not be empty.
func listMember(name string, elements int) member {
	if elements == 0 {
		return member{name: name}
	}
	return member{name: name, value: "a list"}
}

func tokenMember(name, v string) member {
	return member{name: name, value: v, pattern: `[A-Za-z0-9-_=.]+`}
}

// violation returns the constraint that the value violates, or "". An empty string counts as missing.
func (m member) violation() string {
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

// validate returns the violations of all members in one error, in the service's wording.
func validate(members ...member) error {
	var violations []string
	for _, m := range members {
		violation := m.violation()
		if violation == "" {
			continue
		}
		value := "Value"
		if m.echoed && m.value != "" {
			value = fmt.Sprintf("Value '%s'", m.value)
		}
		violations = append(violations, fmt.Sprintf("%s at '%s' failed to satisfy constraint: %s", value, m.name, violation))
	}
	switch len(violations) {
	case 0:
		return nil
	case 1:
		return invalidParameter("1 validation error detected: %s", violations[0])
	}
	return invalidParameter("%d validation errors detected: %s", len(violations), strings.Join(violations, "; "))
}

// matches reports whether the whole value matches, like the service: [\S]+ does not match the confirmationCode '1 12 123'.
// A request has few members, so patterns are compiled per call.
func matches(pattern, value string) bool {
	ok, err := regexp.MatchString("^(?:"+pattern+")$", value)
	return err == nil && ok
}

// validateClient validates the client id and more members, all in one error.
func validateClient(id string, more ...member) error {
	return cmp.Or(validate(append([]member{clientMember(id)}, more...)...), checkClientID(id))
}

// validatePool validates the pool id and more members, all in one error.
func validatePool(id string, more ...member) error {
	return cmp.Or(validate(append([]member{poolMember(id)}, more...)...), checkPoolID(id))
}

func checkClientID(id string) error {
	if id != ClientID {
		return notFound("User pool client %s does not exist.", id)
	}
	return nil
}

func checkPoolID(id string) error {
	if id != PoolID {
		return notFound("User pool %s does not exist.", id)
	}
	return nil
}

// isEmail reports whether s is an address without a display name or a comment.
func isEmail(s string) bool {
	address, err := mail.ParseAddress(s)
	return err == nil && address.Address == s && len(s) <= 128
}

func isUUID(s string) bool {
	return matches(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, s)
}

// required returns the parameters of these names, in order. It fails if one is missing.
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
