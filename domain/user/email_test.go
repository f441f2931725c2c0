package user_test

import (
	"strings"
	"testing"

	"rental.example/domain/user"
)

func TestEmail(t *testing.T) {
	t.Parallel()
	good := []string{
		"jane@example.com", "Jane.Doe+tag@sub.example.co", "o'neill@example.com", "žofie@příklad.cz", "1@2.de",
		strings.Repeat("a", 64) + "@example.com", "!#$%&'*+-/=?^_`{|}~@example.com", "jane@xn--bcher-kva.example",
	}
	bad := []string{
		"jane", "@example.com", "jane@", "jane@localhost", "jane@@example.com", "jane@example..com", ".jane@example.com",
		"jane.@example.com", "ja..ne@example.com", "jane@-example.com", "jane@example-.com", "jane@.example.com",
		"jane@example.com.", "Jane <jane@example.com>", "<jane@example.com>", " jane@example.com", "jane@example.com ",
		"jane@example.com,joan@example.com", "jane@example.com\nBcc: x@example.com", "jane@exam\u202eple.com",
		"\"jane doe\"@example.com", "jane@[127.0.0.1]", "ja ne@example.com", "jane\x00@example.com", "jane@exa_mple.com",
		"ja\u200bne@example.com", "jane@\xff.com", strings.Repeat("a", 65) + "@example.com",
		"jane@" + strings.Repeat("b", 64) + ".com", "mailto:jane@example.com",
		"jane@127.0.0.1", "jane@1.2", "jane@\u0301.de", "jane@a.\u0301b",
	}
	check := func(email, want string) {
		d := draft()
		d.Email = email
		_, err := user.New(jane(), d, stamp(0, ""))
		if got := problemsOf(t, err); got != want {
			t.Errorf("%q: problems %q, want %q", email, got, want)
		}
	}
	for _, email := range good {
		check(email, "")
	}
	for _, email := range bad {
		check(email, "email invalid")
	}
}

func TestEmailVerified(t *testing.T) {
	t.Parallel()
	tests := []struct {
		email    string // the profile's
		token    string
		verified bool
		want     bool
	}{
		{"jane@example.com", "jane@example.com", true, true},
		{"jane@example.com", "jane@example.com", false, false},
		{"jane@example.com", "joan@example.com", true, false},
		{"jane@example.com", "Jane@example.com", true, false},
		{"jane@example.com", "", true, false},
	}
	for _, test := range tests {
		caller, d := jane(), draft()
		caller.Email, caller.EmailVerified, d.Email = test.token, test.verified, test.email
		p, err := user.New(caller, d, stamp(0, ""))
		if err != nil || p.EmailVerified != test.want {
			t.Errorf("%+v: verified %t, %v", test, p.EmailVerified, err)
		}
	}
}
