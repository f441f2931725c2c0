package cognito

import "cmp"

type accessInput struct {
	AccessToken string
}

func (in accessInput) accessToken() string { return in.AccessToken }

func (in accessInput) check() error { return validate(tokenMember("accessToken", in.AccessToken)) }

type getUserOutput struct {
	Username       string
	UserAttributes []attribute
	mfaOutput
}

func (p *Pool) getUser(_ accessInput, u user) (getUserOutput, error) {
	return getUserOutput{Username: u.sub, UserAttributes: u.attributeList(), mfaOutput: u.mfaOutput()}, nil
}

type changePasswordInput struct {
	PreviousPassword string
	ProposedPassword string
	accessInput
}

func (in changePasswordInput) check() error {
	return validate(passwordMember("previousPassword", in.PreviousPassword),
		passwordMember("proposedPassword", in.ProposedPassword), tokenMember("accessToken", in.AccessToken))
}

func (p *Pool) changePassword(in changePasswordInput, u user) (empty, error) {
	if !p.srp.verify(u.password, u.sub, in.PreviousPassword) {
		return empty{}, errIncorrect
	}
	if err := checkPolicy(in.ProposedPassword); err != nil {
		return empty{}, err
	}
	before, next := u.password, p.srp.verifier(u.sub, in.ProposedPassword)
	return empty{}, p.users.update(u.sub, p.now(), func(u *user) error {
		if u.password != before {
			return errIncorrect
		}
		u.password = next
		return nil
	})
}

type revokeTokenInput struct {
	Token    string
	ClientID string `json:"ClientId"`
}

func (in revokeTokenInput) check() error {
	return cmp.Or(validate(tokenMember("token", in.Token), clientMember(in.ClientID)), checkClientID(in.ClientID))
}

// revokeToken revokes the login of a refresh token, its access tokens included. An unknown token is no error (RFC 7009,
// section 2.2).
func (p *Pool) revokeToken(in revokeTokenInput) (empty, error) {
	if matches(`[^.]+\.[^.]+\.[^.]+`, in.Token) {
		return empty{}, errTokenType
	}
	p.logins.revoke(func(l login) bool { return l.refresh == in.Token })
	return empty{}, nil
}
