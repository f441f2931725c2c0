package cognito

import "strings"

type createGroupInput struct {
	UserPoolID  string `json:"UserPoolId"`
	GroupName   string
	Description string
	RoleARN     string `json:"RoleArn"`
	Precedence  *int
}

func (in createGroupInput) check() error {
	if strings.Contains(in.GroupName, ",") {
		// The service accepts it, and API Gateway then passes "x,admin" on as the groups x and admin.
		return badRequest("InvalidParameterException", "The local user pool creates no group with a comma in its name: functions would read two groups.")
	}
	return validatePool(in.UserPoolID, groupMember(in.GroupName))
}

type createGroupOutput struct {
	Group group
}

// group is GroupType of the service's model.
type group struct {
	GroupName        string
	UserPoolID       string `json:"UserPoolId"`
	Description      string `json:",omitempty"`
	RoleARN          string `json:"RoleArn,omitempty"`
	Precedence       *int   `json:",omitempty"`
	CreationDate     *epoch `json:",omitempty"`
	LastModifiedDate *epoch `json:",omitempty"`
}

func (p *Pool) createGroup(in createGroupInput) (createGroupOutput, error) {
	now := epoch(p.now())
	if err := p.users.addGroup(in.GroupName); err != nil {
		return createGroupOutput{}, err
	}
	return createGroupOutput{Group: group{
		GroupName: in.GroupName, UserPoolID: PoolID, Description: in.Description, RoleARN: in.RoleARN,
		Precedence: in.Precedence, CreationDate: &now, LastModifiedDate: &now,
	}}, nil
}

type membershipInput struct {
	adminInput
	GroupName string
}

func (in membershipInput) check() error { return in.checkWith(groupMember(in.GroupName)) }

// adminAddUserToGroup changes the tokens issued from now on, those of a refresh included.
func (p *Pool) adminAddUserToGroup(in membershipInput, u user) (empty, error) {
	return p.changeMembership(in, u, (*user).addToGroup)
}

func (p *Pool) adminRemoveUserFromGroup(in membershipInput, u user) (empty, error) {
	return p.changeMembership(in, u, (*user).removeFromGroup)
}

func (p *Pool) changeMembership(in membershipInput, u user, change func(*user, string)) (empty, error) {
	if !p.users.hasGroup(in.GroupName) {
		return empty{}, errNoGroup
	}
	return empty{}, p.users.update(u.sub, p.now(), func(u *user) error {
		change(u, in.GroupName)
		return nil
	})
}

type adminListGroupsForUserOutput struct {
	Groups []group
}

// adminListGroupsForUser returns all groups on one page, by name and pool only.
func (p *Pool) adminListGroupsForUser(_ adminInput, u user) (adminListGroupsForUserOutput, error) {
	out := adminListGroupsForUserOutput{Groups: []group{}}
	for _, name := range u.groups {
		out.Groups = append(out.Groups, group{GroupName: name, UserPoolID: PoolID})
	}
	return out, nil
}
