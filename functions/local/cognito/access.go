package cognito

import "context"

// adminDisableUser also ends every login: tokens that are out count until they expire, as deployed.
func (p *Pool) adminDisableUser(_ context.Context, in adminInput) (done, error) {
	u, err := p.named(in.Username)
	if err != nil {
		return done{}, err
	}
	p.logins.revoke(func(l login) bool { return l.sub == u.sub })
	return p.setDisabled(u.sub, true)
}

func (p *Pool) adminEnableUser(_ context.Context, in adminInput) (done, error) {
	u, err := p.named(in.Username)
	if err != nil {
		return done{}, err
	}
	return p.setDisabled(u.sub, false)
}

func (p *Pool) setDisabled(sub string, disabled bool) (done, error) {
	return done{}, p.users.update(sub, p.now(), func(u *user) error {
		u.disabled = disabled
		return nil
	})
}

type adminListGroupsForUserOutput struct {
	Groups []userGroup
}

// userGroup is as much of GroupType of the service's model as a membership needs.
type userGroup struct {
	GroupName  string
	UserPoolID string `json:"UserPoolId"`
}

// adminListGroupsForUser has all on one page.
func (p *Pool) adminListGroupsForUser(_ context.Context, in adminInput) (adminListGroupsForUserOutput, error) {
	u, err := p.named(in.Username)
	out := adminListGroupsForUserOutput{Groups: []userGroup{}}
	for _, name := range u.groups {
		out.Groups = append(out.Groups, userGroup{GroupName: name, UserPoolID: PoolID})
	}
	return out, err
}
