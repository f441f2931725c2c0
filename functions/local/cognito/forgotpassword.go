package cognito

import "time"

// forgotPassword sends a code to a confirmed user with a verified e-mail, and has the same response for all others. It
// fails for a user whose password an administrator has set and who has never signed in.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
func (p *Pool) forgotPassword(in publicUserInput) (deliveryOutput, error) {
	out := deliveryOutput{CodeDeliveryDetails: newCodeDelivery(in.Username)}
	u, ok := p.users.find(in.Username)
	if !ok {
		return out, nil
	}
	return out, p.users.update(u.sub, p.now(), func(u *user) error {
		if u.status == forceChangePassword {
			return errNoReset
		}
		if u.status != unconfirmed && u.emailVerified {
			u.resetCode = p.now()
		}
		return nil
	})
}

type confirmForgotPasswordInput struct {
	publicUserInput
	ConfirmationCode string
	Password         string
}

func (in confirmForgotPasswordInput) check() error {
	return in.checkWith(codeMember(in.ConfirmationCode), passwordMember("password", in.Password))
}

// confirmForgotPassword uses the code to set a new password. For an unknown user every code is wrong.
func (p *Pool) confirmForgotPassword(in confirmForgotPasswordInput) (empty, error) {
	if err := checkPolicy(in.Password); err != nil {
		return empty{}, err
	}
	u, ok := p.users.find(in.Username)
	if !ok {
		return empty{}, errCodeMismatch
	}
	if err := p.checkCode(in.ConfirmationCode, u.resetCode, resetCodeValidity); err != nil {
		return empty{}, err // before the exponentiation, whose time would reveal that the user exists
	}
	password := p.srp.verifier(u.sub, in.Password)
	return empty{}, p.users.update(u.sub, p.now(), func(u *user) error {
		if err := p.checkCode(in.ConfirmationCode, u.resetCode, resetCodeValidity); err != nil {
			return err
		}
		u.password, u.status, u.resetCode = password, confirmed, time.Time{}
		return nil
	})
}
