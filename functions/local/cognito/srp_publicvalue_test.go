package cognito

import (
	"math/big"
	"strings"
	"testing"
)

// TestPublicValueFormats: clients format a number in different ways. .NET prepends a zero to a first digit of 8 to F.
func TestPublicValueFormats(t *testing.T) {
	t.Parallel()
	for name, spell := range map[string]func(string) string{
		"as it is":   func(digits string) string { return digits },
		"upper case": strings.ToUpper,
		"a zero":     func(digits string) string { return "0" + digits },
		"many zeros": func(digits string) string { return strings.Repeat("0", 1024-len(digits)) + digits },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.add(jane)
			c := newSRPClient(h.pool.srp.n)
			challenge := h.succeeds("InitiateAuth", srpFlow(jane, spell(c.public.Text(16))))
			h.succeeds("RespondToAuthChallenge", c.respond(t, challenge, password, h.clock.read()))
		})
	}
}

// TestPublicValue rejects values with which the session key does not depend on the password.
func TestPublicValue(t *testing.T) {
	h := parallelWithJane(t)
	n := h.pool.srp.n
	for name, public := range map[string]string{
		"zero": "0", "N": n.Text(16), "no digits": "xyz", "a sign": "-2", "2N": new(big.Int).Lsh(n, 1).Text(16),
		"zeros": "00", "far too long": strings.Repeat("f", 4096), "empty": "", "a prefix": "0x2", "spaces": " 2", "underscores": "1_0",
	} {
		t.Run(name, func(t *testing.T) {
			h.fails("InitiateAuth", srpFlow(jane, public), "InvalidParameterException", "")
		})
	}
}
