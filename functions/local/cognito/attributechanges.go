package cognito

import (
	"cmp"
	"slices"
	"time"
)

// attributeCodeValidity is how long the service's codes for attributes are valid.
// https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const attributeCodeValidity = 24 * time.Hour

type updateAttributesInput struct {
	accessInput
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

func (p *Pool) updateUserAttributes(in updateAttributesInput, u user) (updateAttributesOutput, error) {
	sent, err := p.changeAttributes(u, in.UserAttributes)
	return updateAttributesOutput{CodeDeliveryDetailsList: sent}, err
}

type adminUpdateAttributesInput struct {
	adminInput
	UserAttributes []attribute
}

func (in adminUpdateAttributesInput) check() error {
	return cmp.Or(in.checkWith(listMember("userAttributes", len(in.UserAttributes))), checkChanges(in.UserAttributes))
}

func (p *Pool) adminUpdateUserAttributes(in adminUpdateAttributesInput, u user) (empty, error) {
	_, err := p.changeAttributes(u, in.UserAttributes)
	return empty{}, err
}

func (p *Pool) changeAttributes(u user, list []attribute) (sent []codeDelivery, err error) {
	now := p.now()
	err = p.users.update(u.sub, now, func(u *user) error {
		sent = u.change(list, now)
		return nil
	})
	return sent, err
}

// change sets attributes. A new e-mail is pending until it is verified, and the old one stays, as
// AttributesRequireVerificationBeforeUpdate of the template sets it; an administrator verifies it with the same request
// or a later one.
func (u *user) change(list []attribute, now time.Time) (sent []codeDelivery) {
	if slices.ContainsFunc(list, func(a attribute) bool { return a.Name == "phone_number" }) {
		u.set([]attribute{{Name: "phone_number_verified"}}) // it belonged to the old number
	}
	u.set(list)
	switch email := valueOf(list, "email"); email {
	case "":
	case u.email:
		u.pendingEmail, u.emailCode = "", time.Time{}
	default:
		u.pendingEmail, u.emailCode = email, now
		sent = []codeDelivery{newCodeDelivery(email)}
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
	accessInput
	UserAttributeNames []string
}

func (in deleteAttributesInput) check() error {
	return cmp.Or(
		validate(tokenMember("accessToken", in.AccessToken), listMember("userAttributeNames", len(in.UserAttributeNames))),
		checkDeletions(in.UserAttributeNames),
	)
}

func (p *Pool) deleteUserAttributes(in deleteAttributesInput, u user) (empty, error) {
	_, err := p.changeAttributes(u, deletions(in.UserAttributeNames))
	return empty{}, err
}

type adminDeleteAttributesInput struct {
	adminInput
	UserAttributeNames []string
}

func (in adminDeleteAttributesInput) check() error {
	return cmp.Or(in.checkWith(listMember("userAttributeNames", len(in.UserAttributeNames))), checkDeletions(in.UserAttributeNames))
}

func (p *Pool) adminDeleteUserAttributes(in adminDeleteAttributesInput, u user) (empty, error) {
	_, err := p.changeAttributes(u, deletions(in.UserAttributeNames))
	return empty{}, err
}

// checkChanges fails for a change that leaves the user without an e-mail, since that is the username.
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
	list := deletions(names)
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

// deletions returns attributes without a value, which the service deletes.
func deletions(names []string) (list []attribute) {
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
