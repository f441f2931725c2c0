package cognito

import (
	"math/big"
	"testing"
	"time"
)

// TestUnknownUsersTakeAsLong: what the responses do not say of who is a user,
// their time must not say either. The shortest of many runs is the work itself,
// whatever else the machine does; it is a power of the group, or several.
func TestUnknownUsersTakeAsLong(t *testing.T) {
	const nobody = "nobody@example.com"
	h := newHarness(t)
	h.add(jane)
	h.ok("ForgotPassword", fields{"ClientId": ClientID, "Username": jane})
	public := newSRPClient(h.pool.srp.n).public.Text(16)
	for name, attempt := range map[string]func(username string){
		"USER_PASSWORD_AUTH": func(username string) {
			h.refused("InitiateAuth", passwordFlow(username, "Wr0ng-one!"), "NotAuthorizedException", "")
		},
		"USER_SRP_AUTH": func(username string) { h.ok("InitiateAuth", srpFlow(username, public)) },
		"ForgotPassword": func(username string) {
			h.ok("ForgotPassword", fields{"ClientId": ClientID, "Username": username})
		},
		"ConfirmForgotPassword": func(username string) {
			h.refused("ConfirmForgotPassword", fields{"ClientId": ClientID, "Username": username, "ConfirmationCode": "000000",
				"Password": password}, "CodeMismatchException", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			exponent := randomInt(32)
			took := shortest(func() { attempt(jane) }, func() { attempt(nobody) }, func() { h.pool.srp.power(h.pool.srp.g, exponent) })
			if apart := (took[0] - took[1]).Abs(); apart > took[2]/2 {
				t.Errorf("%v for a user and %v for nobody; a power takes %v", took[0], took[1], took[2])
			}
		})
	}
}

// shortest runs what there is in turn.
func shortest(runs ...func()) []time.Duration {
	took := make([]time.Duration, len(runs))
	for i := range 20 {
		for n, run := range runs {
			from := time.Now()
			run()
			if d := time.Since(from); i == 0 || d < took[n] {
				took[n] = d
			}
		}
	}
	return took
}

// TestStandInIsOfTheGroup: the verifier of an unknown user is a power of the
// generator, as others are; of those, which are the squares, each raised to half
// of N - 1 is one.
func TestStandInIsOfTheGroup(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	n := h.pool.srp.n
	half := new(big.Int).Rsh(n, 1)
	for _, username := range []string{"a@example.com", "b@example.com"} {
		v := h.pool.userOrStandIn(username).password.v
		if v.Cmp(n) >= 0 || v.BitLen() < n.BitLen()-128 || h.pool.srp.power(v, half).Cmp(big.NewInt(1)) != 0 {
			t.Errorf("%s: the verifier is %v", username, v)
		}
	}
}
