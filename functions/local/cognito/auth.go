package cognito

import (
	"cmp"
	"context"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

type initiateAuthInput struct {
	AuthFlow       string
	ClientID       string `json:"ClientId"`
	AuthParameters map[string]string
}

func (in initiateAuthInput) check() error {
	return cmp.Or(
		validate(clientMember(in.ClientID), member{name: "authFlow", value: in.AuthFlow, echo: true, enum: []string{
			"USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", "CUSTOM_AUTH", "ADMIN_NO_SRP_AUTH",
			"USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_AUTH",
		}}),
		knownClient(in.ClientID),
	)
}

// authOutput is a challenge or the tokens. The real service, too, leaves an
// empty ChallengeParameters beside the tokens.
type authOutput struct {
	ChallengeName        string `json:",omitempty"`
	Session              string `json:",omitempty"`
	ChallengeParameters  map[string]string
	AuthenticationResult *authResult `json:",omitempty"`
}

func (p *Pool) initiateAuth(_ context.Context, in initiateAuthInput) (authOutput, error) {
	switch in.AuthFlow {
	case "USER_PASSWORD_AUTH":
		return p.passwordAuth(in.AuthParameters)
	case "USER_SRP_AUTH":
		return p.srpAuth(in.AuthParameters)
	case "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN":
		return p.refreshAuth(in.AuthParameters)
	case "ADMIN_NO_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH":
		return authOutput{}, errFlowUnsupported
	}
	return authOutput{}, invalidParameter("%s is not enabled for the client.", in.AuthFlow)
}

func (p *Pool) passwordAuth(parameters map[string]string) (authOutput, error) {
	values, err := required(parameters, "USERNAME", "PASSWORD")
	if err != nil {
		return authOutput{}, err
	}
	u := p.userOrStandIn(values[0])
	if err := u.barred(); err != nil {
		return authOutput{}, err
	}
	if !p.srp.holds(u.password, u.sub, values[1]) {
		return authOutput{}, errIncorrect
	}
	return p.admit(u)
}

// srpAuth answers for an unknown user, too, and the same each time, so that
// nobody learns who is one.
func (p *Pool) srpAuth(parameters map[string]string) (authOutput, error) {
	values, err := required(parameters, "USERNAME", "SRP_A")
	if err != nil {
		return authOutput{}, err
	}
	a, ok := p.srp.parseA(values[1])
	if !ok {
		return authOutput{}, invalidParameter("SRP_A is not a public value of the group.")
	}
	u := p.userOrStandIn(values[0])
	b, public := p.srp.publicValue(u.password.v)
	block := p.challenges.put(p.now(), challenge{
		name: passwordVerifier, sub: u.sub, password: u.password, a: a, b: b, pub: public,
	})
	return authOutput{ChallengeName: passwordVerifier, ChallengeParameters: map[string]string{
		"USERNAME": u.sub, "USER_ID_FOR_SRP": u.sub, "SALT": u.password.salt.Text(16),
		"SRP_B": public.Text(16), "SECRET_BLOCK": block,
	}}, nil
}

// userOrStandIn finds a user, or makes one up who has no password at all, in no
// more time.
func (p *Pool) userOrStandIn(username string) user {
	if u, ok := p.users.find(username); ok {
		return u
	}
	draw := func(what string) []byte { return sign(p.simulation, []byte(what), []byte(strings.ToLower(username))) }
	return user{
		sub: formatUUID([16]byte(draw("sub")[:16])), status: confirmed,
		password: verifier{salt: new(big.Int).SetBytes(draw("salt")[:16]), v: p.srp.element(draw)},
	}
}

// barred tells a user who is yet to confirm or to reset the password so,
// whatever the password, as the service does on purpose: the client's next step
// depends on it.
func (u user) barred() error {
	switch u.status {
	case unconfirmed:
		return errNotConfirmed
	case resetRequired:
		return errResetRequired
	}
	return nil
}

// admit goes on with a user who has proved to know the password.
func (p *Pool) admit(u user) (authOutput, error) {
	if u.disabled {
		return authOutput{}, errDisabled
	}
	if u.status == forceChangePassword {
		return p.demandPassword(u)
	}
	return p.demandCode(u)
}

func (p *Pool) demandPassword(u user) (authOutput, error) {
	shown := map[string]string{"email": u.email, "email_verified": strconv.FormatBool(u.emailVerified)}
	for _, a := range u.attributes {
		shown[a.Name] = a.Value
	}
	attributes, err := json.Marshal(shown)
	if err != nil {
		return authOutput{}, err
	}
	session := p.challenges.put(p.now(), challenge{name: newPasswordRequired, sub: u.sub, password: u.password})
	return authOutput{ChallengeName: newPasswordRequired, Session: session, ChallengeParameters: map[string]string{
		"USER_ID_FOR_SRP": u.sub, "requiredAttributes": "[]", "userAttributes": string(attributes),
	}}, nil
}

// signIn begins a login, whose refresh token and token ids are new.
func (p *Pool) signIn(u user) (authOutput, error) {
	now := p.now()
	l := login{
		originJTI: newUUID(), eventID: newUUID(), sub: u.sub, refresh: newRefreshToken(),
		authTime: now, expires: now.Add(refreshLife),
	}
	result, err := p.issue(u, l)
	if err != nil {
		return authOutput{}, err
	}
	p.logins.add(l)
	result.RefreshToken = l.refresh
	return authOutput{ChallengeParameters: map[string]string{}, AuthenticationResult: result}, nil
}
