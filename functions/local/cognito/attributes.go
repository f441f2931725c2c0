package cognito

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// attribute is AttributeType of the service's model.
type attribute struct {
	Name  string
	Value string
}

// standardAttributes returns those of every pool without sub and the verified flags. This pool has no custom attributes.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
func standardAttributes() []string {
	return []string{
		"address", "birthdate", "email", "family_name", "gender", "given_name", "locale", "middle_name", "name",
		"nickname", "phone_number", "picture", "preferred_username", "profile", "updated_at", "website", "zoneinfo",
	}
}

// attributeList returns all attributes, for GetUser and the Admin operations.
func (u user) attributeList() []attribute {
	return append([]attribute{
		{Name: "sub", Value: u.sub},
		{Name: "email", Value: u.email},
		{Name: "email_verified", Value: strconv.FormatBool(u.emailVerified)},
	}, u.attributes...)
}

// checkAttributes fails for attributes that nobody may set, and for invalid values.
func checkAttributes(list []attribute) error {
	for _, a := range list {
		if err := cmp.Or(checkName(a.Name), checkValue(a)); err != nil {
			return err
		}
	}
	return nil
}

// checkEmail fails for an e-mail that is not the username.
func checkEmail(username string, list []attribute) error {
	for _, a := range list {
		if a.Name == "email" && !strings.EqualFold(a.Value, username) {
			return invalidParameter("The email attribute must be the username.")
		}
	}
	return nil
}

func checkName(name string) error {
	switch {
	case name == "":
		return validate(member{name: "attributeName"})
	case name == "sub":
		return invalidParameter("user.sub: Attribute cannot be updated.")
	case name == "email_verified" || name == "phone_number_verified" || slices.Contains(standardAttributes(), name):
		return nil
	}
	return invalidParameter("Attributes did not conform to the schema: Type for attribute {%s} could not be determined", name)
}

func checkValue(a attribute) error {
	if utf8.RuneCountInString(a.Value) > 2048 {
		return invalidParameter("Attributes did not conform to the schema: %s: String must be no longer than 2048 characters", a.Name)
	}
	if strings.HasSuffix(a.Name, "_verified") && a.Value != "true" && a.Value != "false" {
		return invalidParameter("Attributes did not conform to the schema: %s: Boolean values must be true or false", a.Name)
	}
	return nil
}

// writableAttributes returns the WriteAttributes of template.yaml's client.
func writableAttributes() []string { return []string{"email", "name"} }

// checkWritable fails for all that a client must not write for its user: with the flags, a user could verify an e-mail
// of somebody else. Unknown attributes are left to checkName.
func checkWritable(list []attribute) error {
	for _, a := range list {
		known := slices.Contains(standardAttributes(), a.Name) || a.Name == "email_verified" || a.Name == "phone_number_verified"
		if known && !slices.Contains(writableAttributes(), a.Name) {
			return errUnauthorized
		}
	}
	return nil
}

// marksEmailVerified reports whether the list sets the flag email_verified.
func marksEmailVerified(list []attribute) bool {
	return slices.Contains(list, attribute{Name: "email_verified", Value: "true"})
}
