package cognito

import (
	"cmp"
	"crypto/subtle"
	"strings"
	"time"
)

// How long the service's codes are valid.
// https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const (
	signUpCodeValidity = 24 * time.Hour
	resetCodeValidity  = time.Hour
)

// publicUserInput is the input of an operation without a token on one user.
type publicUserInput struct {
	ClientID string `json:"ClientId"`
	Username string
}

func (in publicUserInput) check() error { return in.checkWith() }

func (in publicUserInput) checkWith(more ...member) error {
	return validateClient(in.ClientID, append([]member{usernameMember(in.Username)}, more...)...)
}

type signUpInput struct {
	publicUserInput
	Password       string
	UserAttributes []attribute
}

func (in signUpInput) check() error { return in.checkWith(passwordMember("password", in.Password)) }

type signUpOutput struct {
	CodeDeliveryDetails codeDelivery
	UserConfirmed       bool
	UserSub             string
}

// codeDelivery is CodeDeliveryDetailsType of the service's model.
type codeDelivery struct {
	AttributeName  string
	DeliveryMedium string
	Destination    string
}

type deliveryOutput struct {
	CodeDeliveryDetails codeDelivery
}

// newCodeDelivery masks the address like the service: r***@e***. An operation without a token passes the username of
// the request, so that the response does not reveal an address.
func newCodeDelivery(username string) codeDelivery {
	local, domain, _ := strings.Cut(username, "@")
	return codeDelivery{AttributeName: "email", DeliveryMedium: "EMAIL", Destination: mask(local) + "@" + mask(domain)}
}

func mask(s string) string {
	for _, first := range s {
		return string(first) + "***"
	}
	return "***"
}

func (p *Pool) signUp(in signUpInput) (signUpOutput, error) {
	if !isEmail(in.Username) {
		return signUpOutput{}, errNotEmail
	}
	err := cmp.Or(checkPolicy(in.Password), checkWritable(in.UserAttributes),
		checkAttributes(in.UserAttributes), checkEmail(in.Username, in.UserAttributes))
	if err != nil {
		return signUpOutput{}, err
	}
	u := p.newUser(in.Username, in.Password, unconfirmed, in.UserAttributes)
	u.signUpCode = u.created
	if err := p.users.add(u); err != nil {
		return signUpOutput{}, err
	}
	return signUpOutput{CodeDeliveryDetails: newCodeDelivery(u.email), UserSub: u.sub}, nil
}

type confirmSignUpInput struct {
	publicUserInput
	ConfirmationCode string
}

func (in confirmSignUpInput) check() error { return in.checkWith(codeMember(in.ConfirmationCode)) }

// confirmSignUp has the same error for an unknown user as for an expired code.
func (p *Pool) confirmSignUp(in confirmSignUpInput) (empty, error) {
	u, ok := p.users.find(in.Username)
	if !ok {
		return empty{}, errCodeExpired
	}
	return empty{}, p.users.update(u.sub, p.now(), func(u *user) error {
		if u.status != unconfirmed {
			return notAuthorized("User cannot be confirmed. Current status is " + string(u.status))
		}
		if err := p.checkCode(in.ConfirmationCode, u.signUpCode, signUpCodeValidity); err != nil {
			return err
		}
		u.status, u.emailVerified = confirmed, true
		return nil
	})
}

// checkCode fails unless a code was sent within the validity, and is this one.
func (p *Pool) checkCode(code string, sent time.Time, validity time.Duration) error {
	if sent.IsZero() || p.now().Sub(sent) > validity {
		return errCodeExpired
	}
	if subtle.ConstantTimeCompare([]byte(code), []byte(ConfirmationCode)) == 0 {
		return errCodeMismatch
	}
	return nil
}

// resendConfirmationCode returns the same for a new sign-up, a confirmed user and an unknown one.
func (p *Pool) resendConfirmationCode(in publicUserInput) (deliveryOutput, error) {
	out := deliveryOutput{CodeDeliveryDetails: newCodeDelivery(in.Username)}
	u, ok := p.users.find(in.Username)
	if !ok {
		return out, nil
	}
	return out, p.users.update(u.sub, p.now(), func(u *user) error {
		if u.status == unconfirmed {
			u.signUpCode = p.now()
		}
		return nil
	})
}
