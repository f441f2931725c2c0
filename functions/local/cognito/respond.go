package cognito

import (
	"cmp"
	"crypto/hmac"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// maxSkew is how far a client's clock may be off. The service is stricter; on one machine only a wrong time zone matters.
const maxSkew = 15 * time.Minute

type respondInput struct {
	ClientID           string `json:"ClientId"`
	ChallengeName      string
	Session            string
	ChallengeResponses map[string]string
}

func (in respondInput) check() error {
	return validateClient(in.ClientID, member{name: "challengeName", value: in.ChallengeName, echoed: true, enum: []string{
		"SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA", "SELECT_MFA_TYPE", "MFA_SETUP", "PASSWORD_VERIFIER",
		"CUSTOM_CHALLENGE", "SELECT_CHALLENGE", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER", "ADMIN_NO_SRP_AUTH",
		"NEW_PASSWORD_REQUIRED", "SMS_OTP", "PASSWORD", "WEB_AUTHN", "PASSWORD_SRP",
	}})
}

func (p *Pool) respondToAuthChallenge(in respondInput) (authOutput, error) {
	switch in.ChallengeName {
	case passwordVerifier:
		return p.respondPasswordVerifier(in.ChallengeResponses)
	case newPasswordRequired:
		return p.respondNewPassword(in.Session, in.ChallengeResponses)
	case softwareTokenMFA:
		return p.respondMFACode(in.Session, in.ChallengeResponses)
	}
	return authOutput{}, invalidParameter("%s is not a challenge of the local user pool.", in.ChallengeName)
}

// respondPasswordVerifier verifies the client's claim. Every failure has the same error, except that of a user who must
// first confirm the sign-up or reset the password.
func (p *Pool) respondPasswordVerifier(responses map[string]string) (authOutput, error) {
	values, err := required(responses, "USERNAME", "PASSWORD_CLAIM_SECRET_BLOCK", "TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE")
	if err != nil {
		return authOutput{}, err
	}
	username, block, timestamp, signature := values[0], values[1], values[2], values[3]
	ch, err := p.challenges.take(p.now(), passwordVerifier, block)
	if err != nil {
		return authOutput{}, errIncorrect
	}
	u, ok := p.users.find(ch.sub)
	if err := u.statusError(); ok && err != nil {
		return authOutput{}, err
	}
	verified := p.verifyPasswordClaim(ch, block, timestamp, signature) && p.withinSkew(timestamp)
	if !verified || !ok || u.password != ch.password || p.userOrSimulated(username).sub != ch.sub {
		return authOutput{}, errIncorrect
	}
	return p.startSession(u)
}

func (p *Pool) verifyPasswordClaim(ch challenge, block, timestamp, signature string) bool {
	secret, err1 := base64.StdEncoding.DecodeString(block)
	got, err2 := base64.StdEncoding.DecodeString(signature)
	if err1 != nil || err2 != nil {
		return false
	}
	key := p.srp.sessionKey(ch.a, ch.b, ch.pub, ch.password.v)
	return hmac.Equal(got, passwordClaim(key, ch.sub, secret, timestamp))
}

// withinSkew parses a timestamp in the format that the service requires in every locale: EEE MMM d HH:mm:ss UTC yyyy.
func (p *Pool) withinSkew(timestamp string) bool {
	at, err := time.Parse("Mon Jan _2 15:04:05 UTC 2006", timestamp)
	return err == nil && p.now().Sub(at).Abs() <= maxSkew
}

// respondNewPassword replaces a temporary password. A password that violates the policy leaves the session valid, so
// that the user can try another.
func (p *Pool) respondNewPassword(session string, responses map[string]string) (authOutput, error) {
	values, err := required(responses, "USERNAME", "NEW_PASSWORD")
	if err != nil {
		return authOutput{}, err
	}
	if session == "" {
		return authOutput{}, missingParameter("Session")
	}
	u := p.userOrSimulated(values[0])
	attributes := responseAttributes(responses)
	err = cmp.Or(validate(passwordMember("newPassword", values[1])), checkPolicy(values[1]),
		checkWritable(attributes), checkAttributes(attributes), checkEmail(u.email, attributes))
	if err != nil {
		return authOutput{}, err
	}
	ch, err := p.challenges.take(p.now(), newPasswordRequired, session)
	if err != nil {
		return authOutput{}, err
	}
	if ch.sub != u.sub {
		return authOutput{}, errSession
	}
	return p.replacePassword(ch, values[1], attributes)
}

func (p *Pool) replacePassword(ch challenge, password string, attributes []attribute) (authOutput, error) {
	next := p.srp.verifier(ch.sub, password)
	var changed user
	err := p.users.update(ch.sub, p.now(), func(u *user) error {
		if u.status != forceChangePassword || u.password != ch.password {
			return errSession
		}
		u.set(attributes)
		u.password, u.status = next, confirmed
		changed = *u
		return nil
	})
	if err != nil {
		return authOutput{}, err
	}
	return p.requireMFACode(changed)
}

// responseAttributes returns the attributes that the client sends as userAttributes.NAME.
func responseAttributes(responses map[string]string) []attribute {
	var list []attribute
	for key, value := range responses {
		if name, ok := strings.CutPrefix(key, "userAttributes."); ok {
			list = append(list, attribute{Name: name, Value: value})
		}
	}
	slices.SortFunc(list, func(a, b attribute) int { return strings.Compare(a.Name, b.Name) })
	return list
}
