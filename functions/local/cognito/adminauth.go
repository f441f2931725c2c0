package cognito

import (
	"cmp"
	"context"
)

type adminInitiateAuthInput struct {
	initiateAuthInput
	UserPoolID string `json:"UserPoolId"`
}

func (in adminInitiateAuthInput) check() error {
	return cmp.Or(validate(poolMember(in.UserPoolID)), knownPool(in.UserPoolID), in.initiateAuthInput.check())
}

// adminInitiateAuth serves the flows that servers and browsers have in common.
// The template's client enables no flow in which a server has the password.
func (p *Pool) adminInitiateAuth(ctx context.Context, in adminInitiateAuthInput) (authOutput, error) {
	switch in.AuthFlow {
	case "ADMIN_NO_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH":
		return authOutput{}, invalidParameter("Auth flow not enabled for this client")
	case "USER_PASSWORD_AUTH":
		return authOutput{}, errFlowUnsupported
	}
	return p.initiateAuth(ctx, in.initiateAuthInput)
}

type adminRespondInput struct {
	respondInput
	UserPoolID string `json:"UserPoolId"`
}

func (in adminRespondInput) check() error {
	return cmp.Or(validate(poolMember(in.UserPoolID)), knownPool(in.UserPoolID), in.respondInput.check())
}

func (p *Pool) adminRespondToAuthChallenge(ctx context.Context, in adminRespondInput) (authOutput, error) {
	return p.respondToAuthChallenge(ctx, in.respondInput)
}

// adminResetUserPassword sends a code, without which nobody signs in as this
// user any more; see
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
func (p *Pool) adminResetUserPassword(_ context.Context, in adminInput) (done, error) {
	u, err := p.named(in.Username)
	if err != nil {
		return done{}, err
	}
	now := p.now()
	return done{}, p.users.update(u.sub, now, func(u *user) error {
		switch {
		case u.status != confirmed && u.status != resetRequired:
			return errNoReset
		case !u.emailVerified:
			return errNoAddress
		}
		u.status, u.resetCode = resetRequired, now
		return nil
	})
}
