package cognito

import (
	"cmp"
	"context"
	"strings"
)

type createGroupInput struct {
	UserPoolID  string `json:"UserPoolId"`
	GroupName   string
	Description string
	RoleARN     string `json:"RoleArn"`
	Precedence  *int
}

func (in createGroupInput) check() error {
	if strings.Contains(in.GroupName, ",") {
		// The service takes it, and API Gateway then hands "x,admin" over as the groups x and admin.
		return refusal("InvalidParameterException", "The local user pool makes no group with a comma in its name: functions would see two.")
	}
	return cmp.Or(validate(poolMember(in.UserPoolID), groupMember(in.GroupName)), knownPool(in.UserPoolID))
}

type createGroupOutput struct {
	Group groupBody
}

// groupBody is GroupType of the service's model.
type groupBody struct {
	GroupName        string
	UserPoolID       string `json:"UserPoolId"`
	Description      string `json:",omitempty"`
	RoleARN          string `json:"RoleArn,omitempty"`
	Precedence       *int   `json:",omitempty"`
	CreationDate     epoch
	LastModifiedDate epoch
}

func (p *Pool) createGroup(_ context.Context, in createGroupInput) (createGroupOutput, error) {
	now := p.now()
	if err := p.users.addGroup(in.GroupName); err != nil {
		return createGroupOutput{}, err
	}
	return createGroupOutput{Group: groupBody{
		GroupName: in.GroupName, UserPoolID: PoolID, Description: in.Description, RoleARN: in.RoleARN,
		Precedence: in.Precedence, CreationDate: epoch(now), LastModifiedDate: epoch(now),
	}}, nil
}

type membershipInput struct {
	adminInput
	GroupName string
}

func (in membershipInput) check() error {
	return cmp.Or(
		validate(poolMember(in.UserPoolID), usernameMember(in.Username), groupMember(in.GroupName)),
		knownPool(in.UserPoolID),
	)
}

// adminAddUserToGroup shows in the tokens issued from then on, those of a
// refresh included.
func (p *Pool) adminAddUserToGroup(_ context.Context, in membershipInput) (done, error) {
	return p.changeMembership(in, (*user).join)
}

func (p *Pool) adminRemoveUserFromGroup(_ context.Context, in membershipInput) (done, error) {
	return p.changeMembership(in, (*user).leave)
}

func (p *Pool) changeMembership(in membershipInput, change func(*user, string)) (done, error) {
	u, err := p.named(in.Username)
	if err != nil {
		return done{}, err
	}
	if !p.users.hasGroup(in.GroupName) {
		return done{}, errNoGroup
	}
	return done{}, p.users.update(u.sub, p.now(), func(u *user) error {
		change(u, in.GroupName)
		return nil
	})
}
