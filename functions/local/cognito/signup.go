package cognito

import (
	"cmp"
	"context"
	"crypto/subtle"
	"strings"
	"time"
)

// How long the service's codes are good for; see
// https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const (
	signUpCodeLife = 24 * time.Hour
	resetCodeLife  = time.Hour
)

type signUpInput struct {
	ClientID       string `json:"ClientId"`
	Username       string
	Password       string
	UserAttributes []attribute
}

func (in signUpInput) check() error {
	return cmp.Or(
		validate(clientMember(in.ClientID), usernameMember(in.Username), passwordMember("password", in.Password)),
		knownClient(in.ClientID),
	)
}

type signUpOutput struct {
	CodeDeliveryDetails codeDelivery
	UserConfirmed       bool
	UserSub             string
}

// codeDelivery tells where a code went, as far as anybody may know.
type codeDelivery struct {
	AttributeName  string
	DeliveryMedium string
	Destination    string
}

type deliveryOutput struct {
	CodeDeliveryDetails codeDelivery
}

// delivered masks the address as the service does: r***@e***. Where a stranger
// may ask, it is what they typed, so that the answer tells nothing.
func delivered(username string) codeDelivery {
	local, domain, _ := strings.Cut(username, "@")
	return codeDelivery{AttributeName: "email", DeliveryMedium: "EMAIL", Destination: mask(local) + "@" + mask(domain)}
}

func mask(s string) string {
	for _, first := range s {
		return string(first) + "***"
	}
	return "***"
}

func (p *Pool) signUp(_ context.Context, in signUpInput) (signUpOutput, error) {
	if !isEmail(in.Username) {
		return signUpOutput{}, errNotEmail
	}
	err := cmp.Or(checkPolicy(in.Password), checkWritable(in.UserAttributes),
		checkAttributes(in.UserAttributes), checkEmail(in.Username, in.UserAttributes))
	if err != nil {
		return signUpOutput{}, err
	}
	now, sub := p.now(), newUUID()
	u := user{
		sub: sub, email: in.Username, status: unconfirmed, signUpCode: now,
		password: p.srp.verifier(sub, in.Password), created: now, modified: now,
	}
	u.set(in.UserAttributes)
	if err := p.users.add(u); err != nil {
		return signUpOutput{}, err
	}
	return signUpOutput{CodeDeliveryDetails: delivered(u.email), UserSub: sub}, nil
}

type confirmSignUpInput struct {
	ClientID         string `json:"ClientId"`
	Username         string
	ConfirmationCode string
}

func (in confirmSignUpInput) check() error {
	return cmp.Or(
		validate(clientMember(in.ClientID), usernameMember(in.Username), codeMember(in.ConfirmationCode)),
		knownClient(in.ClientID),
	)
}

// confirmSignUp answers for an unknown user as for one whose code has expired.
func (p *Pool) confirmSignUp(_ context.Context, in confirmSignUpInput) (done, error) {
	u, ok := p.users.find(in.Username)
	if !ok {
		return done{}, errCodeExpired
	}
	return done{}, p.users.update(u.sub, p.now(), func(u *user) error {
		if u.status != unconfirmed {
			return notAuthorized("User cannot be confirmed. Current status is " + string(u.status))
		}
		if err := p.checkCode(in.ConfirmationCode, u.signUpCode, signUpCodeLife); err != nil {
			return err
		}
		u.status, u.emailVerified = confirmed, true
		return nil
	})
}

// checkCode compares a code with the one there is, and its age with the life
// of its kind.
func (p *Pool) checkCode(code string, sent time.Time, life time.Duration) error {
	if sent.IsZero() || p.now().Sub(sent) > life {
		return errCodeExpired
	}
	if subtle.ConstantTimeCompare([]byte(code), []byte(ConfirmationCode)) == 0 {
		return errCodeMismatch
	}
	return nil
}

type usernameInput struct {
	ClientID string `json:"ClientId"`
	Username string
}

func (in usernameInput) check() error {
	return cmp.Or(validate(clientMember(in.ClientID), usernameMember(in.Username)), knownClient(in.ClientID))
}

// resendConfirmationCode answers the same whoever is asked for: a new sign-up,
// a confirmed user or nobody.
func (p *Pool) resendConfirmationCode(_ context.Context, in usernameInput) (deliveryOutput, error) {
	u, ok := p.users.find(in.Username)
	if !ok {
		return deliveryOutput{CodeDeliveryDetails: delivered(in.Username)}, nil
	}
	err := p.users.update(u.sub, p.now(), func(u *user) error {
		if u.status == unconfirmed {
			u.signUpCode = p.now()
		}
		return nil
	})
	return deliveryOutput{CodeDeliveryDetails: delivered(in.Username)}, err
}
