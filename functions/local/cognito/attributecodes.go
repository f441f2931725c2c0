package cognito

import (
	"cmp"
	"context"
)

type attributeCodeInput struct {
	AccessToken   string
	AttributeName string
}

func (in attributeCodeInput) check() error {
	return cmp.Or(
		validate(tokenMember("accessToken", in.AccessToken), attributeNameMember(in.AttributeName)),
		checkVerifiable(in.AttributeName),
	)
}

// getUserAttributeVerificationCode sends another code to the e-mail that waits
// for its verification, or to the one there is.
func (p *Pool) getUserAttributeVerificationCode(_ context.Context, in attributeCodeInput) (deliveryOutput, error) {
	u, err := p.bearer(in.AccessToken)
	if err != nil {
		return deliveryOutput{}, err
	}
	now, to := p.now(), ""
	err = p.users.update(u.sub, now, func(u *user) error {
		u.emailCode, to = now, cmp.Or(u.pendingEmail, u.email)
		return nil
	})
	if err != nil {
		return deliveryOutput{}, err
	}
	return deliveryOutput{CodeDeliveryDetails: delivered(to)}, nil
}

type verifyAttributeInput struct {
	AccessToken   string
	AttributeName string
	Code          string
}

func (in verifyAttributeInput) check() error {
	code := codeMember(in.Code)
	code.name = "code"
	return cmp.Or(
		validate(tokenMember("accessToken", in.AccessToken), attributeNameMember(in.AttributeName), code),
		checkVerifiable(in.AttributeName),
	)
}

// verifyUserAttribute tells a user that an e-mail is another's only now, when it
// is proved to be theirs.
func (p *Pool) verifyUserAttribute(_ context.Context, in verifyAttributeInput) (done, error) {
	u, err := p.bearer(in.AccessToken)
	if err != nil {
		return done{}, err
	}
	return done{}, p.users.update(u.sub, p.now(), func(u *user) error {
		if err := p.checkCode(in.Code, u.emailCode, attributeCodeLife); err != nil {
			return err
		}
		u.verifyEmail()
		return nil
	})
}

// checkVerifiable refuses the telephone number, too: the template's pool sends
// no text messages.
func checkVerifiable(name string) error {
	if name != "email" {
		return invalidParameter("The user pool verifies the attribute email only.")
	}
	return nil
}
