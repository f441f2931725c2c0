package cognito

import (
	"cmp"
	"context"
)

type accessInput struct {
	AccessToken string
}

func (in accessInput) check() error { return validate(tokenMember("accessToken", in.AccessToken)) }

type getUserOutput struct {
	Username       string
	UserAttributes []attribute
	mfaView
}

func (p *Pool) getUser(_ context.Context, in accessInput) (getUserOutput, error) {
	u, err := p.bearer(in.AccessToken)
	if err != nil {
		return getUserOutput{}, err
	}
	return getUserOutput{Username: u.sub, UserAttributes: u.list(), mfaView: u.mfa()}, nil
}

type changePasswordInput struct {
	PreviousPassword string
	ProposedPassword string
	AccessToken      string
}

func (in changePasswordInput) check() error {
	return validate(passwordMember("previousPassword", in.PreviousPassword),
		passwordMember("proposedPassword", in.ProposedPassword), tokenMember("accessToken", in.AccessToken))
}

func (p *Pool) changePassword(_ context.Context, in changePasswordInput) (done, error) {
	u, err := p.bearer(in.AccessToken)
	if err != nil {
		return done{}, err
	}
	if !p.srp.holds(u.password, u.sub, in.PreviousPassword) {
		return done{}, errIncorrect
	}
	if err := checkPolicy(in.ProposedPassword); err != nil {
		return done{}, err
	}
	before, next := u.password, p.srp.verifier(u.sub, in.ProposedPassword)
	return done{}, p.users.update(u.sub, p.now(), func(u *user) error {
		if u.password != before {
			return errIncorrect
		}
		u.password = next
		return nil
	})
}

func (p *Pool) deleteUser(_ context.Context, in accessInput) (done, error) {
	u, err := p.bearer(in.AccessToken)
	if err != nil {
		return done{}, err
	}
	p.forget(u)
	return done{}, nil
}

// forget removes a user and ends their logins. ID tokens that are out stay
// good until they expire, as the service's do.
func (p *Pool) forget(u user) {
	p.users.remove(u.sub)
	p.logins.revoke(func(l login) bool { return l.sub == u.sub })
}

// globalSignOut ends every login of the user; see
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html
func (p *Pool) globalSignOut(_ context.Context, in accessInput) (done, error) {
	u, err := p.bearer(in.AccessToken)
	if err != nil {
		return done{}, err
	}
	p.logins.revoke(func(l login) bool { return l.sub == u.sub })
	return done{}, nil
}

type revokeTokenInput struct {
	Token    string
	ClientID string `json:"ClientId"`
}

func (in revokeTokenInput) check() error {
	return cmp.Or(validate(tokenMember("token", in.Token), clientMember(in.ClientID)), knownClient(in.ClientID))
}

// revokeToken ends the one login that the refresh token stands for, its access
// tokens included. A token nobody knows is as good as revoked (RFC 7009,
// section 2.2).
func (p *Pool) revokeToken(_ context.Context, in revokeTokenInput) (done, error) {
	if matches(`[^.]+\.[^.]+\.[^.]+`, in.Token) {
		return done{}, errTokenType
	}
	p.logins.revoke(func(l login) bool { return l.refresh == in.Token })
	return done{}, nil
}
