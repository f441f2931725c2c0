package cognito

import "cmp"

type attributeCodeInput struct {
	accessInput
	AttributeName string
}

func (in attributeCodeInput) check() error { return in.checkWith() }

// checkWith validates the token, the name and more members, all in one message.
func (in attributeCodeInput) checkWith(more ...member) error {
	members := append([]member{tokenMember("accessToken", in.AccessToken), attributeNameMember(in.AttributeName)}, more...)
	return cmp.Or(validate(members...), checkVerifiable(in.AttributeName))
}

// getUserAttributeVerificationCode sends a new code to the pending e-mail or, without one, to the present e-mail.
func (p *Pool) getUserAttributeVerificationCode(_ attributeCodeInput, u user) (out deliveryOutput, err error) {
	err = p.users.update(u.sub, p.now(), func(u *user) error {
		u.emailCode, out.CodeDeliveryDetails = p.now(), newCodeDelivery(cmp.Or(u.pendingEmail, u.email))
		return nil
	})
	return out, err
}

type verifyAttributeInput struct {
	attributeCodeInput
	Code string
}

func (in verifyAttributeInput) check() error {
	code := codeMember(in.Code)
	code.name = "code"
	return in.checkWith(code)
}

// verifyUserAttribute fails with errAliasTaken if the e-mail belongs to another user. No earlier operation reveals that:
// only now is the e-mail known to be the caller's.
func (p *Pool) verifyUserAttribute(in verifyAttributeInput, u user) (empty, error) {
	return empty{}, p.users.update(u.sub, p.now(), func(u *user) error {
		if err := p.checkCode(in.Code, u.emailCode, attributeCodeValidity); err != nil {
			return err
		}
		u.verifyEmail()
		return nil
	})
}

// checkVerifiable fails for the telephone number, too: the template's pool sends no text messages.
func checkVerifiable(name string) error {
	if name != "email" {
		return invalidParameter("The user pool verifies the attribute email only.")
	}
	return nil
}
