package cognito

import "encoding/json"

// operation is one entry of the API.
type operation struct {
	run    func(body []byte) (any, error) // from the body of a request to the value that its response encodes
	signed bool                           // whether the service requires an administrator's signature
}

// input is the body of one operation; check returns what the service's own validation rejects before the operation runs.
type input interface{ check() error }

// tokenInput is the body of an operation on the user of an access token.
type tokenInput interface {
	input
	accessToken() string
}

// usernameInput is the body of an Admin operation on one user.
type usernameInput interface {
	input
	username() string
}

// empty is the output {}.
type empty struct{}

func (p *Pool) newOperations() map[string]operation {
	return map[string]operation{
		"AdminAddUserToGroup":              admin(p, p.adminAddUserToGroup),
		"AdminConfirmSignUp":               admin(p, userOnly[adminInput](p.confirmByAdmin)),
		"AdminCreateUser":                  signed(p.adminCreateUser),
		"AdminDeleteUser":                  admin(p, userOnly[adminInput](p.deleteUser)),
		"AdminDeleteUserAttributes":        admin(p, p.adminDeleteUserAttributes),
		"AdminDisableUser":                 admin(p, userOnly[adminInput](p.disableUser)),
		"AdminEnableUser":                  admin(p, userOnly[adminInput](p.enableUser)),
		"AdminGetUser":                     admin(p, p.adminGetUser),
		"AdminInitiateAuth":                signed(p.adminInitiateAuth),
		"AdminListGroupsForUser":           admin(p, p.adminListGroupsForUser),
		"AdminRemoveUserFromGroup":         admin(p, p.adminRemoveUserFromGroup),
		"AdminResetUserPassword":           admin(p, userOnly[adminInput](p.resetByAdmin)),
		"AdminRespondToAuthChallenge":      signed(p.adminRespondToAuthChallenge),
		"AdminSetUserMFAPreference":        admin(p, p.adminSetUserMFAPreference),
		"AdminSetUserPassword":             admin(p, p.adminSetUserPassword),
		"AdminUpdateUserAttributes":        admin(p, p.adminUpdateUserAttributes),
		"AdminUserGlobalSignOut":           admin(p, userOnly[adminInput](p.globalSignOut)),
		"AssociateSoftwareToken":           authenticated(p, p.associateSoftwareToken),
		"ChangePassword":                   authenticated(p, p.changePassword),
		"CompleteWebAuthnRegistration":     authenticated(p, unsupported(errNoPasskeys)),
		"ConfirmDevice":                    authenticated(p, unsupported(errNoDevices)),
		"ConfirmForgotPassword":            public(p.confirmForgotPassword),
		"ConfirmSignUp":                    public(p.confirmSignUp),
		"CreateGroup":                      signed(p.createGroup),
		"DeleteUser":                       authenticated(p, userOnly[accessInput](p.deleteUser)),
		"DeleteUserAttributes":             authenticated(p, p.deleteUserAttributes),
		"DeleteWebAuthnCredential":         authenticated(p, unsupported(errNoPasskey)),
		"ForgetDevice":                     authenticated(p, unsupported(errNoDevices)),
		"ForgotPassword":                   public(p.forgotPassword),
		"GetDevice":                        authenticated(p, unsupported(errNoDevices)),
		"GetTokensFromRefreshToken":        public(p.getTokensFromRefreshToken),
		"GetUser":                          authenticated(p, p.getUser),
		"GetUserAttributeVerificationCode": authenticated(p, p.getUserAttributeVerificationCode),
		"GetUserAuthFactors":               authenticated(p, p.getUserAuthFactors),
		"GlobalSignOut":                    authenticated(p, userOnly[accessInput](p.globalSignOut)),
		"InitiateAuth":                     public(p.initiateAuth),
		"ListDevices":                      authenticated(p, unsupported(errNoDevices)),
		"ListWebAuthnCredentials":          authenticated(p, p.listWebAuthnCredentials),
		"ResendConfirmationCode":           public(p.resendConfirmationCode),
		"RespondToAuthChallenge":           public(p.respondToAuthChallenge),
		"RevokeToken":                      public(p.revokeToken),
		"SetUserMFAPreference":             authenticated(p, p.setUserMFAPreference),
		"SignUp":                           public(p.signUp),
		"StartWebAuthnRegistration":        authenticated(p, unsupported(errNoPasskeys)),
		"UpdateDeviceStatus":               authenticated(p, unsupported(errNoDevices)),
		"UpdateUserAttributes":             authenticated(p, p.updateUserAttributes),
		"VerifySoftwareToken":              authenticated(p, p.verifySoftwareToken),
		"VerifyUserAttribute":              authenticated(p, p.verifyUserAttribute),
	}
}

// public returns an operation without signature: what a caller may do depends on the passwords, codes and tokens in the
// body. Pages of any origin may call it.
func public[In input, Out any](run func(In) (Out, error)) operation {
	return operation{run: func(body []byte) (any, error) {
		var in In
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, errSerialization
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		return run(in)
	}}
}

// authenticated returns a public operation on the user of an access token.
func authenticated[In tokenInput, Out any](p *Pool, run func(In, user) (Out, error)) operation {
	return public(func(in In) (out Out, err error) {
		u, err := p.tokenUser(in.accessToken())
		if err != nil {
			return out, err
		}
		return run(in, u)
	})
}

// signed returns an operation of administrators. No signature is verified here, so pages of other origins are rejected.
func signed[In input, Out any](run func(In) (Out, error)) operation {
	op := public(run)
	op.signed = true
	return op
}

// admin returns a signed operation on one user. Only Admin operations reveal that a user does not exist.
func admin[In usernameInput, Out any](p *Pool, run func(In, user) (Out, error)) operation {
	return signed(func(in In) (out Out, err error) {
		u, ok := p.users.find(in.username())
		if !ok {
			return out, errNoUser
		}
		return run(in, u)
	})
}

// userOnly returns an operation that reads nothing of its input but the user.
func userOnly[In any](run func(user) error) func(In, user) (empty, error) {
	return func(_ In, u user) (empty, error) { return empty{}, run(u) }
}
