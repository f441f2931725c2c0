package cognito

import (
	"crypto/rand"
	"strings"
	"unicode/utf8"
)

const (
	lowerCase = "abcdefghijklmnopqrstuvwxyz"
	upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits    = "0123456789"
	// symbols are those of
	// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
	// with the space, which passwordMember rejects at either end.
	symbols   = " ^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-"
	minLength = 8
)

// checkPolicy fails for a password that violates the template's policy, with the service's messages.
func checkPolicy(password string) error {
	problem := ""
	switch {
	case utf8.RuneCountInString(password) < minLength:
		problem = "Password not long enough"
	case !strings.ContainsAny(password, lowerCase):
		problem = "Password must have lowercase characters"
	case !strings.ContainsAny(password, upperCase):
		problem = "Password must have uppercase characters"
	case !strings.ContainsAny(password, digits):
		problem = "Password must have numeric characters"
	case !strings.ContainsAny(password, symbols):
		problem = "Password must have symbol characters"
	}
	if problem == "" {
		return nil
	}
	return badRequest("InvalidPasswordException", "Password did not conform with policy: "+problem)
}

// newPassword returns a random password of at least 128 bits; its last characters satisfy the policy.
func newPassword() string { return rand.Text() + "aA1!" }
