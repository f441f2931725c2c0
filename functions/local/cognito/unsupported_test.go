package cognito

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUnsupportedOperations: they fail with the service's error after the token is checked.
func TestUnsupportedOperations(t *testing.T) {
	h := parallelWithJane(t)
	access := h.signIn(jane, password).access
	for operation, name := range map[string]string{
		"ConfirmDevice": "InvalidParameterException", "ForgetDevice": "InvalidParameterException", "GetDevice": "InvalidParameterException",
		"ListDevices": "InvalidParameterException", "UpdateDeviceStatus": "InvalidParameterException",
		"StartWebAuthnRegistration": "WebAuthnNotEnabledException", "CompleteWebAuthnRegistration": "WebAuthnNotEnabledException",
		"DeleteWebAuthnCredential": "ResourceNotFoundException",
	} {
		h.fails(operation, fields{"AccessToken": access}, name, "")
		h.fails(operation, fields{"AccessToken": "x"}, "NotAuthorizedException", "Invalid Access Token")
	}
	want := fields{"Credentials": []any{}}
	if diff := cmp.Diff(want, h.succeeds("ListWebAuthnCredentials", fields{"AccessToken": access}).body); diff != "" {
		t.Errorf("ListWebAuthnCredentials (-want +got):\n%s", diff)
	}
	h.fails("ListWebAuthnCredentials", fields{"AccessToken": "x"}, "NotAuthorizedException", "")
	want = fields{"Username": h.claims(access)["sub"], "ConfiguredUserAuthFactors": []any{"PASSWORD"}}
	if diff := cmp.Diff(want, h.succeeds("GetUserAuthFactors", fields{"AccessToken": access}).body); diff != "" {
		t.Errorf("GetUserAuthFactors (-want +got):\n%s", diff)
	}
}
