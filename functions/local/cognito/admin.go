package cognito

import (
	"cmp"
	"errors"
	"strconv"
	"time"
)

type adminInput struct {
	UserPoolID string `json:"UserPoolId"`
	Username   string
}

func (in adminInput) username() string { return in.Username }

func (in adminInput) check() error { return in.checkWith() }

func (in adminInput) checkWith(more ...member) error {
	return validatePool(in.UserPoolID, append([]member{usernameMember(in.Username)}, more...)...)
}

// epoch encodes as seconds since 1970, like all times of the JSON protocol.
// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
type epoch time.Time

func (e epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Time(e).UnixMilli())/1000, 'f', 3, 64), nil
}

// userDates are the members that UserType and the output of AdminGetUser share.
type userDates struct {
	Username             string
	Enabled              bool
	UserCreateDate       epoch
	UserLastModifiedDate epoch
	UserStatus           status
}

func newUserDates(u user) userDates {
	return userDates{
		Username: u.sub, Enabled: !u.disabled, UserStatus: u.status,
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
		optional = append(optional, member{name: "messageAction", value: in.MessageAction, echoed: true, enum: []string{"RESEND", "SUPPRESS"}})
	}
	return validate(optional...)
}

type adminCreateUserOutput struct {
	User struct { // UserType of the service's model
		userDates
		Attributes []attribute
	}
}

// adminCreateUser adds a user who must choose a password at the first sign-in. RESEND fails, because no mail is sent.
func (p *Pool) adminCreateUser(in adminCreateUserInput) (out adminCreateUserOutput, err error) {
	if !isEmail(in.Username) {
		return out, errNotEmail
	}
	if in.MessageAction == "RESEND" {
		return out, invalidParameter("The local user pool sends no mail; set a password with AdminSetUserPassword.")
	}
	password := cmp.Or(in.TemporaryPassword, newPassword())
	err = cmp.Or(checkPolicy(password), checkAttributes(in.UserAttributes), checkEmail(in.Username, in.UserAttributes))
	if err != nil {
		return out, err
	}
	u := p.newUser(in.Username, password, forceChangePassword, in.UserAttributes)
	u.emailVerified = marksEmailVerified(in.UserAttributes)
	if err := p.users.add(u); errors.Is(err, errEmailTaken) {
		return out, errUserExists
	} else if err != nil {
		return out, err
	}
	out.User.userDates, out.User.Attributes = newUserDates(u), u.attributeList()
	return out, nil
}

type adminGetUserOutput struct {
	userDates
	UserAttributes []attribute
	mfaOutput
}

func (p *Pool) adminGetUser(_ adminInput, u user) (adminGetUserOutput, error) {
	return adminGetUserOutput{userDates: newUserDates(u), UserAttributes: u.attributeList(), mfaOutput: u.mfaOutput()}, nil
}

type adminSetUserPasswordInput struct {
	adminInput
	Password  string
	Permanent bool
}

func (in adminSetUserPasswordInput) check() error {
	return in.checkWith(passwordMember("password", in.Password))
}

func (p *Pool) adminSetUserPassword(in adminSetUserPasswordInput, u user) (empty, error) {
	if err := checkPolicy(in.Password); err != nil {
		return empty{}, err
	}
	password := p.srp.verifier(u.sub, in.Password)
	return empty{}, p.users.update(u.sub, p.now(), func(u *user) error {
		u.password, u.status = password, forceChangePassword
		if in.Permanent {
			u.status = confirmed
		}
		return nil
	})
}

// confirmByAdmin confirms the account and, like the service, not the e-mail.
func (p *Pool) confirmByAdmin(u user) error {
	return p.users.update(u.sub, p.now(), func(u *user) error {
		if u.status != unconfirmed {
			return notAuthorized("User cannot be confirmed. Current status is " + string(u.status))
		}
		u.status = confirmed
		return nil
	})
}

// disableUser also revokes every login. Issued tokens stay valid until they expire, like the service's.
func (p *Pool) disableUser(u user) error {
	p.logins.revokeAll(u.sub)
	return p.setDisabled(u, true)
}

func (p *Pool) enableUser(u user) error { return p.setDisabled(u, false) }

func (p *Pool) setDisabled(u user, disabled bool) error {
	return p.users.update(u.sub, p.now(), func(u *user) error {
		u.disabled = disabled
		return nil
	})
}

// deleteUser deletes a user and revokes the logins. Issued ID tokens stay valid until they expire, like the service's.
func (p *Pool) deleteUser(u user) error {
	p.users.remove(u.sub)
	p.logins.revokeAll(u.sub)
	return nil
}

// globalSignOut revokes every login of the user.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html
func (p *Pool) globalSignOut(u user) error {
	p.logins.revokeAll(u.sub)
	return nil
}
