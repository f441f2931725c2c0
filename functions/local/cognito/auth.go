package cognito

import (
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
	return validateClient(in.ClientID, member{name: "authFlow", value: in.AuthFlow, echoed: true, enum: []string{
		"USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", "CUSTOM_AUTH", "ADMIN_NO_SRP_AUTH",
		"USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_AUTH",
	}})
}

// authOutput has a challenge or the tokens. Like the service's, it has an empty ChallengeParameters beside the tokens.
type authOutput struct {
	ChallengeName        string `json:",omitempty"`
	Session              string `json:",omitempty"`
	ChallengeParameters  map[string]string
	AuthenticationResult *authResult `json:",omitempty"`
}

func (p *Pool) initiateAuth(in initiateAuthInput) (authOutput, error) {
	switch in.AuthFlow {
	case "USER_PASSWORD_AUTH":
		return p.passwordAuth(in.AuthParameters)
	case "USER_SRP_AUTH":
		return p.srpAuth(in.AuthParameters)
	case "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN":
		return p.refreshAuth(in.AuthParameters)
	case "ADMIN_NO_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH":
		return authOutput{}, errFlowNotSupported
	}
	return authOutput{}, invalidParameter("%s is not enabled for the client.", in.AuthFlow)
}

func (p *Pool) passwordAuth(parameters map[string]string) (authOutput, error) {
	values, err := required(parameters, "USERNAME", "PASSWORD")
	if err != nil {
		return authOutput{}, err
	}
	u := p.userOrSimulated(values[0])
	if err := u.statusError(); err != nil {
		return authOutput{}, err
	}
	if !p.srp.verify(u.password, u.sub, values[1]) {
		return authOutput{}, errIncorrect
	}
	return p.startSession(u)
}

// srpAuth returns a challenge for an unknown user, too, with the same salt and id each time, so that a caller cannot
// learn who is a user.
func (p *Pool) srpAuth(parameters map[string]string) (authOutput, error) {
	values, err := required(parameters, "USERNAME", "SRP_A")
	if err != nil {
		return authOutput{}, err
	}
	a, ok := p.srp.parseA(values[1])
	if !ok {
		return authOutput{}, invalidParameter("SRP_A is not a public value of the group.")
	}
	u := p.userOrSimulated(values[0])
	b, public := p.srp.keyPair(u.password.v)
	block := p.challenges.put(p.now(), challenge{
		name: passwordVerifier, sub: u.sub, password: u.password, a: a, b: b, pub: public,
	})
	return authOutput{ChallengeName: passwordVerifier, ChallengeParameters: map[string]string{
		"USERNAME": u.sub, "USER_ID_FOR_SRP": u.sub, "SALT": u.password.salt.Text(16),
		"SRP_B": public.Text(16), "SECRET_BLOCK": block,
	}}, nil
}

// userOrSimulated returns the user of that name, or a simulated one whom no password matches. Both take the same time.
func (p *Pool) userOrSimulated(username string) user {
	if u, ok := p.users.find(username); ok {
		return u
	}
	derive := func(purpose string) []byte {
		return hmacSHA256(p.simulationKey, []byte(purpose), []byte(strings.ToLower(username)))
	}
	return user{
		sub: formatUUID([16]byte(derive("sub")[:16])), status: confirmed,
		password: verifier{salt: new(big.Int).SetBytes(derive("salt")[:16]), v: p.srp.simulatedVerifier(derive)},
	}
}

// statusError fails for a user who must first confirm the sign-up or reset the password. The service reports that
// whatever the password is, because the client's next step depends on it.
func (u user) statusError() error {
	switch u.status {
	case unconfirmed:
		return errNotConfirmed
	case resetRequired:
		return errResetRequired
	}
	return nil
}

// startSession continues the sign-in of a user whose password is verified: with a challenge or the tokens.
func (p *Pool) startSession(u user) (authOutput, error) {
	if u.disabled {
		return authOutput{}, errDisabled
	}
	if u.status == forceChangePassword {
		return p.requireNewPassword(u)
	}
	return p.requireMFACode(u)
}

func (p *Pool) requireNewPassword(u user) (authOutput, error) {
	attributes := map[string]string{"email": u.email, "email_verified": strconv.FormatBool(u.emailVerified)}
	for _, a := range u.attributes {
		attributes[a.Name] = a.Value
	}
	encoded, err := json.Marshal(attributes)
	if err != nil {
		return authOutput{}, err
	}
	session := p.challenges.put(p.now(), challenge{name: newPasswordRequired, sub: u.sub, password: u.password})
	return authOutput{ChallengeName: newPasswordRequired, Session: session, ChallengeParameters: map[string]string{
		"USER_ID_FOR_SRP": u.sub, "requiredAttributes": "[]", "userAttributes": string(encoded),
	}}, nil
}

// signIn starts a login and returns its tokens.
func (p *Pool) signIn(u user) (authOutput, error) {
	now := p.now()
	l := login{
		originJTI: newUUID(), eventID: newUUID(), sub: u.sub, refresh: newRefreshToken(),
		authTime: now, expires: now.Add(refreshValidity),
	}
	result, err := p.issue(u, l)
	if err != nil {
		return authOutput{}, err
	}
	p.logins.add(l)
	result.RefreshToken = l.refresh
	return authOutput{ChallengeParameters: map[string]string{}, AuthenticationResult: result}, nil
}
