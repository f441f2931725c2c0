package cognito

import (
	"cmp"
	"context"
	"time"
)

// forgotPassword sends a code to a confirmed user with a verified e-mail, and
// pretends to for everybody else, save a user whose password an administrator
// has set and who has never signed in; see
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
func (p *Pool) forgotPassword(_ context.Context, in usernameInput) (deliveryOutput, error) {
	u, ok := p.users.find(in.Username)
	if !ok {
		return deliveryOutput{CodeDeliveryDetails: delivered(in.Username)}, nil
	}
	err := p.users.update(u.sub, p.now(), func(u *user) error {
		if u.status == forceChangePassword {
			return errNoReset
		}
		if u.status != unconfirmed && u.emailVerified {
			u.resetCode = p.now()
		}
		return nil
	})
	if err != nil {
		return deliveryOutput{}, err
	}
	return deliveryOutput{CodeDeliveryDetails: delivered(in.Username)}, nil
}

type confirmForgotPasswordInput struct {
	ClientID         string `json:"ClientId"`
	Username         string
	ConfirmationCode string
	Password         string
}

func (in confirmForgotPasswordInput) check() error {
	return cmp.Or(
		validate(clientMember(in.ClientID), usernameMember(in.Username),
			codeMember(in.ConfirmationCode), passwordMember("password", in.Password)),
		knownClient(in.ClientID),
	)
}

// confirmForgotPassword spends the code on a new password. Any code of an
// unknown user is a wrong one, as where somebody has asked for one.
func (p *Pool) confirmForgotPassword(_ context.Context, in confirmForgotPasswordInput) (done, error) {
	if err := checkPolicy(in.Password); err != nil {
		return done{}, err
	}
	u, ok := p.users.find(in.Username)
	if !ok {
		return done{}, errCodeMismatch
	}
	if err := p.checkCode(in.ConfirmationCode, u.resetCode, resetCodeLife); err != nil {
		return done{}, err // before the work on the password, which a stranger could measure
	}
	password := p.srp.verifier(u.sub, in.Password)
	return done{}, p.users.update(u.sub, p.now(), func(u *user) error {
		if err := p.checkCode(in.ConfirmationCode, u.resetCode, resetCodeLife); err != nil {
			return err
		}
		u.password, u.status, u.resetCode = password, confirmed, time.Time{}
		return nil
	})
}
