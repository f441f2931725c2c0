package cognito

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"
)

type adminInput struct {
	UserPoolID string `json:"UserPoolId"`
	Username   string
}

func (in adminInput) check() error {
	return cmp.Or(validate(poolMember(in.UserPoolID), usernameMember(in.Username)), knownPool(in.UserPoolID))
}

// named is what an Admin operation finds its user by: these, and only these,
// tell that there is no such user.
func (p *Pool) named(username string) (user, error) {
	u, ok := p.users.find(username)
	if !ok {
		return user{}, errNoUser
	}
	return u, nil
}

// epoch encodes as seconds since 1970, as the JSON protocol has times; see
// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
type epoch time.Time

func (e epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Time(e).UnixMilli())/1000, 'f', 3, 64), nil
}

// userBody is UserType of the service's model.
type userBody struct {
	Username             string
	Attributes           []attribute
	Enabled              bool
	UserCreateDate       epoch
	UserLastModifiedDate epoch
	UserStatus           status
}

func newUserBody(u user) userBody {
	return userBody{
		Username: u.sub, Attributes: u.list(), Enabled: !u.disabled, UserStatus: u.status,
		UserCreateDate: epoch(u.created), UserLastModifiedDate: epoch(u.modified),
	}
}

type adminCreateUserInput struct {
	adminInput
	UserAttributes    []attribute
	TemporaryPassword string
	MessageAction     string
}

func (in adminCreateUserInput) check() error {
	if err := in.adminInput.check(); err != nil {
		return err
	}
	var optional []member
	if in.TemporaryPassword != "" {
		optional = append(optional, passwordMember("temporaryPassword", in.TemporaryPassword))
	}
	if in.MessageAction != "" {
		optional = append(optional, member{name: "messageAction", value: in.MessageAction, echo: true, enum: []string{"RESEND", "SUPPRESS"}})
	}
	return validate(optional...)
}

type adminCreateUserOutput struct {
	User userBody
}

// adminCreateUser makes a user who must choose a password at the first
// sign-in. RESEND is refused: no mail was sent that could be sent again.
func (p *Pool) adminCreateUser(_ context.Context, in adminCreateUserInput) (adminCreateUserOutput, error) {
	if !isEmail(in.Username) {
		return adminCreateUserOutput{}, errNotEmail
	}
	if in.MessageAction == "RESEND" {
		return adminCreateUserOutput{}, invalidParameter("The local user pool sends no mail; set a password with AdminSetUserPassword.")
	}
	password := cmp.Or(in.TemporaryPassword, newPassword())
	err := cmp.Or(checkPolicy(password), checkAttributes(in.UserAttributes), checkEmail(in.Username, in.UserAttributes))
	if err != nil {
		return adminCreateUserOutput{}, err
	}
	now, sub := p.now(), newUUID()
	u := user{
		sub: sub, email: in.Username, emailVerified: verified(in.UserAttributes), status: forceChangePassword,
		password: p.srp.verifier(sub, password), created: now, modified: now,
	}
	u.set(in.UserAttributes)
	if err := p.users.add(u); errors.Is(err, errEmailTaken) {
		return adminCreateUserOutput{}, errUserExists
	} else if err != nil {
		return adminCreateUserOutput{}, err
	}
	return adminCreateUserOutput{User: newUserBody(u)}, nil
}

type adminGetUserOutput struct {
	Username             string
	UserAttributes       []attribute
	Enabled              bool
	UserCreateDate       epoch
	UserLastModifiedDate epoch
	UserStatus           status
	mfaView
}

func (p *Pool) adminGetUser(_ context.Context, in adminInput) (adminGetUserOutput, error) {
	u, err := p.named(in.Username)
	if err != nil {
		return adminGetUserOutput{}, err
	}
	body := newUserBody(u)
	return adminGetUserOutput{
		Username: body.Username, UserAttributes: body.Attributes, Enabled: body.Enabled, UserStatus: body.UserStatus,
		UserCreateDate: body.UserCreateDate, UserLastModifiedDate: body.UserLastModifiedDate, mfaView: u.mfa(),
	}, nil
}

type adminSetUserPasswordInput struct {
	adminInput
	Password  string
	Permanent bool
}

func (in adminSetUserPasswordInput) check() error {
	return cmp.Or(
		validate(poolMember(in.UserPoolID), usernameMember(in.Username), passwordMember("password", in.Password)),
		knownPool(in.UserPoolID),
	)
}

func (p *Pool) adminSetUserPassword(_ context.Context, in adminSetUserPasswordInput) (done, error) {
	u, err := p.named(in.Username)
	if err != nil {
		return done{}, err
	}
	if err := checkPolicy(in.Password); err != nil {
		return done{}, err
	}
	password := p.srp.verifier(u.sub, in.Password)
	return done{}, p.users.update(u.sub, p.now(), func(u *user) error {
		u.password, u.status = password, forceChangePassword
		if in.Permanent {
			u.status = confirmed
		}
		return nil
	})
}

// adminConfirmSignUp confirms the account and, as the service, not the e-mail.
func (p *Pool) adminConfirmSignUp(_ context.Context, in adminInput) (done, error) {
	u, err := p.named(in.Username)
	if err != nil {
		return done{}, err
	}
	return done{}, p.users.update(u.sub, p.now(), func(u *user) error {
		if u.status != unconfirmed {
			return notAuthorized("User cannot be confirmed. Current status is " + string(u.status))
		}
		u.status = confirmed
		return nil
	})
}

func (p *Pool) adminDeleteUser(_ context.Context, in adminInput) (done, error) {
	u, err := p.named(in.Username)
	if err != nil {
		return done{}, err
	}
	p.forget(u)
	return done{}, nil
}

func (p *Pool) adminUserGlobalSignOut(_ context.Context, in adminInput) (done, error) {
	u, err := p.named(in.Username)
	if err != nil {
		return done{}, err
	}
	p.logins.revoke(func(l login) bool { return l.sub == u.sub })
	return done{}, nil
}
