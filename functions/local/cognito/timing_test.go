package cognito

import (
	"math/big"
	"testing"
)

// TestUnknownUsersTakeAsLong: what the responses do not say of who is a user, their time must not say either. Nearly all
// of it is powers of the group, so those are onExp.
func TestUnknownUsersTakeAsLong(t *testing.T) {
	t.Parallel()
	const nobody = "nobody@example.com"
	h := newHarness(t)
	h.add(jane)
	h.ok("ForgotPassword", fields{"ClientId": ClientID, "Username": jane})
	public := newSRPClient(h.pool.srp.n).public.Text(16)
	powers := 0
	h.pool.srp.onExp = func() { powers++ }
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
		took := make(map[string]int)
		for _, username := range []string{jane, nobody} {
			powers = 0
			attempt(username)
			took[username] = powers
		}
		if took[jane] != took[nobody] {
			t.Errorf("%s: %d powers for a user and %d for nobody", name, took[jane], took[nobody])
		}
	}
}

// TestStandInIsOfTheGroup: the verifier of an unknown user is a power of the generator, as others are; of those, which
// are the squares, each raised to half of N - 1 is one.
func TestStandInIsOfTheGroup(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	n := h.pool.srp.n
	half := new(big.Int).Rsh(n, 1)
	for _, username := range []string{"a@example.com", "b@example.com"} {
		v := h.pool.userOrSimulated(username).password.v
		if v.Cmp(n) >= 0 || v.BitLen() < n.BitLen()-128 || h.pool.srp.exp(v, half).Cmp(big.NewInt(1)) != 0 {
			t.Errorf("%s: the verifier is %v", username, v)
		}
	}
}
