package cognito

import (
	"math/big"
	"testing"
)

// TestTimingHidesUserExistence: operations take the same time for unknown users. Most of it is exponentiation, which the
// test counts.
func TestTimingHidesUserExistence(t *testing.T) {
	t.Parallel()
	const nobody = "nobody@example.com"
	h := newHarness(t)
	h.add(jane)
	h.succeeds("ForgotPassword", fields{"ClientId": ClientID, "Username": jane})
	public := newSRPClient(h.pool.srp.n).public.Text(16)
	exponentiations := 0
	h.pool.srp.onExp = func() { exponentiations++ }
	for name, attempt := range map[string]func(username string){
		"USER_PASSWORD_AUTH": func(username string) {
			h.fails("InitiateAuth", passwordFlow(username, "Wr0ng-one!"), "NotAuthorizedException", "")
		},
		"USER_SRP_AUTH": func(username string) { h.succeeds("InitiateAuth", srpFlow(username, public)) },
		"ForgotPassword": func(username string) {
			h.succeeds("ForgotPassword", fields{"ClientId": ClientID, "Username": username})
		},
		"ConfirmForgotPassword": func(username string) {
			h.fails("ConfirmForgotPassword", fields{"ClientId": ClientID, "Username": username, "ConfirmationCode": "000000",
				"Password": password}, "CodeMismatchException", "")
		},
	} {
		counts := make(map[string]int)
		for _, username := range []string{jane, nobody} {
			exponentiations = 0
			attempt(username)
			counts[username] = exponentiations
		}
		if counts[jane] != counts[nobody] {
			t.Errorf("%s: %d exponentiations for a user, %d for an unknown one", name, counts[jane], counts[nobody])
		}
	}
}

// TestSimulatedVerifierIsInGroup: the verifier of an unknown user is a power of the generator, hence a square: raised to
// half of N - 1 it is one.
func TestSimulatedVerifierIsInGroup(t *testing.T) {
	h := parallel(t)
	n := h.pool.srp.n
	half := new(big.Int).Rsh(n, 1)
	for _, username := range []string{"a@example.com", "b@example.com"} {
		v := h.pool.userOrSimulated(username).password.v
		if v.Cmp(n) >= 0 || v.BitLen() < n.BitLen()-128 || h.pool.srp.exp(v, half).Cmp(big.NewInt(1)) != 0 {
			t.Errorf("%s: the verifier is %v", username, v)
		}
	}
}
