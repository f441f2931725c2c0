package cognito

import (
	"context"
	"encoding/json"
)

// operation is one entry of the API.
type operation struct {
	// run goes from the body of a request to what its response encodes.
	run func(ctx context.Context, body []byte) (any, error)
	// signed is set where the service wants the signature of an administrator.
	signed bool
}

// input is the body of one operation; check refuses what the service's own
// validation refuses before the operation runs.
type input interface{ check() error }

// done is the answer of operations that answer {}.
type done struct{}

func (p *Pool) table() map[string]operation {
	return map[string]operation{
		"AdminAddUserToGroup":              signed(p.adminAddUserToGroup),
		"AdminConfirmSignUp":               signed(p.adminConfirmSignUp),
		"AdminCreateUser":                  signed(p.adminCreateUser),
		"AdminDeleteUser":                  signed(p.adminDeleteUser),
		"AdminDeleteUserAttributes":        signed(p.adminDeleteUserAttributes),
		"AdminDisableUser":                 signed(p.adminDisableUser),
		"AdminEnableUser":                  signed(p.adminEnableUser),
		"AdminGetUser":                     signed(p.adminGetUser),
		"AdminInitiateAuth":                signed(p.adminInitiateAuth),
		"AdminListGroupsForUser":           signed(p.adminListGroupsForUser),
		"AdminRemoveUserFromGroup":         signed(p.adminRemoveUserFromGroup),
		"AdminResetUserPassword":           signed(p.adminResetUserPassword),
		"AdminRespondToAuthChallenge":      signed(p.adminRespondToAuthChallenge),
		"AdminSetUserMFAPreference":        signed(p.adminSetUserMFAPreference),
		"AdminSetUserPassword":             signed(p.adminSetUserPassword),
		"AdminUpdateUserAttributes":        signed(p.adminUpdateUserAttributes),
		"AdminUserGlobalSignOut":           signed(p.adminUserGlobalSignOut),
		"AssociateSoftwareToken":           public(p.associateSoftwareToken),
		"ChangePassword":                   public(p.changePassword),
		"CompleteWebAuthnRegistration":     public(p.without(errNoPasskeys)),
		"ConfirmDevice":                    public(p.without(errNoDevices)),
		"ConfirmForgotPassword":            public(p.confirmForgotPassword),
		"ConfirmSignUp":                    public(p.confirmSignUp),
		"CreateGroup":                      signed(p.createGroup),
		"DeleteUser":                       public(p.deleteUser),
		"DeleteUserAttributes":             public(p.deleteUserAttributes),
		"DeleteWebAuthnCredential":         public(p.without(errNoPasskey)),
		"ForgetDevice":                     public(p.without(errNoDevices)),
		"ForgotPassword":                   public(p.forgotPassword),
		"GetDevice":                        public(p.without(errNoDevices)),
		"GetTokensFromRefreshToken":        public(p.getTokensFromRefreshToken),
		"GetUser":                          public(p.getUser),
		"GetUserAttributeVerificationCode": public(p.getUserAttributeVerificationCode),
		"GetUserAuthFactors":               public(p.getUserAuthFactors),
		"GlobalSignOut":                    public(p.globalSignOut),
		"InitiateAuth":                     public(p.initiateAuth),
		"ListDevices":                      public(p.without(errNoDevices)),
		"ListWebAuthnCredentials":          public(p.listWebAuthnCredentials),
		"ResendConfirmationCode":           public(p.resendConfirmationCode),
		"RespondToAuthChallenge":           public(p.respondToAuthChallenge),
		"RevokeToken":                      public(p.revokeToken),
		"SetUserMFAPreference":             public(p.setUserMFAPreference),
		"SignUp":                           public(p.signUp),
		"StartWebAuthnRegistration":        public(p.without(errNoPasskeys)),
		"UpdateDeviceStatus":               public(p.without(errNoDevices)),
		"UpdateUserAttributes":             public(p.updateUserAttributes),
		"VerifySoftwareToken":              public(p.verifySoftwareToken),
		"VerifyUserAttribute":              public(p.verifyUserAttribute),
	}
}

// public serves an operation that nobody signs: what a caller may do depends on
// the passwords, codes and tokens in the body. Pages of any origin may call it.
func public[In input, Out any](run func(context.Context, In) (Out, error)) operation {
	return operation{run: serve(run)}
}

// signed serves an operation of administrators. Since no signature is verified
// here, pages of other origins are refused instead.
func signed[In input, Out any](run func(context.Context, In) (Out, error)) operation {
	return operation{run: serve(run), signed: true}
}

func serve[In input, Out any](run func(context.Context, In) (Out, error)) func(context.Context, []byte) (any, error) {
	return func(ctx context.Context, body []byte) (any, error) {
		var in In
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, errSerialization
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		return run(ctx, in)
	}
}
