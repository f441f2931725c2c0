package cognito

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatThePoolIsWithout: the pool refuses in the service's terms, once it is known who asks.
func TestWhatThePoolIsWithout(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.add(jane)
	access := h.signIn(jane, password).access
	for operation, name := range map[string]string{
		"ConfirmDevice": "InvalidParameterException", "ForgetDevice": "InvalidParameterException", "GetDevice": "InvalidParameterException",
		"ListDevices": "InvalidParameterException", "UpdateDeviceStatus": "InvalidParameterException",
		"StartWebAuthnRegistration": "WebAuthnNotEnabledException", "CompleteWebAuthnRegistration": "WebAuthnNotEnabledException",
		"DeleteWebAuthnCredential": "ResourceNotFoundException",
	} {
		h.refused(operation, fields{"AccessToken": access}, name, "")
		h.refused(operation, fields{"AccessToken": "x"}, "NotAuthorizedException", "Invalid Access Token")
	}
	want := fields{"Credentials": []any{}}
	if diff := cmp.Diff(want, h.ok("ListWebAuthnCredentials", fields{"AccessToken": access}).body); diff != "" {
		t.Errorf("ListWebAuthnCredentials (-want +got):\n%s", diff)
	}
	h.refused("ListWebAuthnCredentials", fields{"AccessToken": "x"}, "NotAuthorizedException", "")
	want = fields{"Username": h.claims(access)["sub"], "ConfiguredUserAuthFactors": []any{"PASSWORD"}}
	if diff := cmp.Diff(want, h.ok("GetUserAuthFactors", fields{"AccessToken": access}).body); diff != "" {
		t.Errorf("GetUserAuthFactors (-want +got):\n%s", diff)
	}
}
