package lab

import "testing"

func TestGlobalVariable(t *testing.T) {
	t.Parallel()
	const rest = "\nResources:\n  F:\n    Environment:\n      Variables:\n        SSL_CERT_DIR: /of/one/function\n"
	for template, want := range map[string]string{
		rest: "",
		"Globals:\n  Function:\n    Environment:\n      Variables:\n        A: b\n" + rest:                                           "",
		"Globals:\n  Function:\n    Environment:\n      Variables:\n        SSL_CERT_DIR: /empty\n" + rest:                           "/empty",
		"Globals:\n\n# Not to be read.\n  Function:\n    Environment:\n      Variables:\n        SSL_CERT_DIR: \"/empty\" # why\r\n": "/empty",
	} {
		if got := GlobalVariable([]byte(template), "SSL_CERT_DIR"); got != want {
			t.Errorf("got %q, want %q of\n%s", got, want, template)
		}
	}
}
