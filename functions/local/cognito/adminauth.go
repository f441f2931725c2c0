package cognito

import "cmp"

type adminInitiateAuthInput struct {
	initiateAuthInput
	UserPoolID string `json:"UserPoolId"`
}

func (in adminInitiateAuthInput) check() error {
	return cmp.Or(validatePool(in.UserPoolID), in.initiateAuthInput.check())
}

// adminInitiateAuth serves the flows that servers and browsers share. The template's client enables no flow in which a
// server receives the password.
func (p *Pool) adminInitiateAuth(in adminInitiateAuthInput) (authOutput, error) {
	switch in.AuthFlow {
	case "ADMIN_NO_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH":
		return authOutput{}, invalidParameter("Auth flow not enabled for this client")
	case "USER_PASSWORD_AUTH":
		return authOutput{}, errFlowNotSupported
	}
	return p.initiateAuth(in.initiateAuthInput)
}

type adminRespondInput struct {
	respondInput
	UserPoolID string `json:"UserPoolId"`
}

func (in adminRespondInput) check() error {
	return cmp.Or(validatePool(in.UserPoolID), in.respondInput.check())
}

func (p *Pool) adminRespondToAuthChallenge(in adminRespondInput) (authOutput, error) {
	return p.respondToAuthChallenge(in.respondInput)
}

// resetByAdmin sends a code that the user needs for a new password; until then, sign-in fails.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
func (p *Pool) resetByAdmin(u user) error {
	return p.users.update(u.sub, p.now(), func(u *user) error {
		switch {
		case u.status != confirmed && u.status != resetRequired:
			return errNoReset
		case !u.emailVerified:
			return errNoVerifiedEmail
		}
		u.status, u.resetCode = resetRequired, p.now()
		return nil
	})
}
