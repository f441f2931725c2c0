package cognito

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// attributeCodeLife is how long the service's codes for attributes are good
// for; see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const attributeCodeLife = 24 * time.Hour

type updateAttributesInput struct {
	AccessToken    string
	UserAttributes []attribute
}

func (in updateAttributesInput) check() error {
	return cmp.Or(
		validate(tokenMember("accessToken", in.AccessToken), listMember("userAttributes", len(in.UserAttributes))),
		checkWritable(in.UserAttributes), checkChanges(in.UserAttributes),
	)
}

type updateAttributesOutput struct {
	CodeDeliveryDetailsList []codeDelivery `json:",omitempty"`
}

func (p *Pool) updateUserAttributes(_ context.Context, in updateAttributesInput) (updateAttributesOutput, error) {
	u, err := p.bearer(in.AccessToken)
	if err != nil {
		return updateAttributesOutput{}, err
	}
	sent, err := p.changeAttributes(u, in.UserAttributes)
	return updateAttributesOutput{CodeDeliveryDetailsList: sent}, err
}

type adminUpdateAttributesInput struct {
	adminInput
	UserAttributes []attribute
}

func (in adminUpdateAttributesInput) check() error {
	return cmp.Or(
		in.adminInput.check(), validate(listMember("userAttributes", len(in.UserAttributes))), checkChanges(in.UserAttributes),
	)
}

func (p *Pool) adminUpdateUserAttributes(_ context.Context, in adminUpdateAttributesInput) (done, error) {
	u, err := p.named(in.Username)
	if err != nil {
		return done{}, err
	}
	_, err = p.changeAttributes(u, in.UserAttributes)
	return done{}, err
}

func (p *Pool) changeAttributes(u user, list []attribute) (sent []codeDelivery, err error) {
	now := p.now()
	err = p.users.update(u.sub, now, func(u *user) error {
		sent = u.change(list, now)
		return nil
	})
	return sent, err
}

// change sets attributes. A new e-mail waits for its verification while the old
// one stays, as the template's AttributesRequireVerificationBeforeUpdate wants;
// an administrator verifies it with the same request or a later one.
func (u *user) change(list []attribute, now time.Time) (sent []codeDelivery) {
	if slices.ContainsFunc(list, func(a attribute) bool { return a.Name == "phone_number" }) {
		u.set([]attribute{{Name: "phone_number_verified"}}) // it was of the old number
	}
	u.set(list)
	switch email := valueOf(list, "email"); email {
	case "":
	case u.email:
		u.pendingEmail, u.emailCode = "", time.Time{}
	default:
		u.pendingEmail, u.emailCode = email, now
		sent = []codeDelivery{delivered(email)}
	}
	switch valueOf(list, "email_verified") {
	case "true":
		u.verifyEmail()
		return nil
	case "false":
		u.emailVerified = false
	}
	return sent
}

func (u *user) verifyEmail() {
	u.email, u.emailVerified = cmp.Or(u.pendingEmail, u.email), true
	u.pendingEmail, u.emailCode = "", time.Time{}
}

type deleteAttributesInput struct {
	AccessToken        string
	UserAttributeNames []string
}

func (in deleteAttributesInput) check() error {
	return cmp.Or(
		validate(tokenMember("accessToken", in.AccessToken), listMember("userAttributeNames", len(in.UserAttributeNames))),
		checkDeletions(in.UserAttributeNames),
	)
}

func (p *Pool) deleteUserAttributes(_ context.Context, in deleteAttributesInput) (done, error) {
	u, err := p.bearer(in.AccessToken)
	if err != nil {
		return done{}, err
	}
	_, err = p.changeAttributes(u, blank(in.UserAttributeNames))
	return done{}, err
}

type adminDeleteAttributesInput struct {
	adminInput
	UserAttributeNames []string
}

func (in adminDeleteAttributesInput) check() error {
	return cmp.Or(
		in.adminInput.check(), validate(listMember("userAttributeNames", len(in.UserAttributeNames))),
		checkDeletions(in.UserAttributeNames),
	)
}

func (p *Pool) adminDeleteUserAttributes(_ context.Context, in adminDeleteAttributesInput) (done, error) {
	u, err := p.named(in.Username)
	if err != nil {
		return done{}, err
	}
	_, err = p.changeAttributes(u, blank(in.UserAttributeNames))
	return done{}, err
}

// checkChanges refuses what would leave a user without an e-mail, since that is
// the username.
func checkChanges(list []attribute) error {
	for _, a := range list {
		if a.Name == "email" && a.Value == "" {
			return errEmailRequired
		}
		if a.Name == "email" && !isEmail(a.Value) {
			return errEmailFormat
		}
	}
	return checkAttributes(list)
}

func checkDeletions(names []string) error {
	list := blank(names)
	if slices.Contains(names, "email") {
		return errEmailRequired
	}
	if err := checkWritable(list); err != nil {
		return err
	}
	for _, name := range names {
		if err := checkName(name); err != nil {
			return err
		}
	}
	return nil
}

// blank is how the service spells a deletion: an attribute without a value.
func blank(names []string) (list []attribute) {
	for _, name := range names {
		list = append(list, attribute{Name: name})
	}
	return list
}

func valueOf(list []attribute, name string) string {
	for _, a := range slices.Backward(list) {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}
