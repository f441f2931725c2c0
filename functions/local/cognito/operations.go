package cognito

import (
	"context"
	"encoding/json"
)

// operation is one entry of the API, from the body of a request to what its
// answer encodes.
type operation func(ctx context.Context, body []byte) (any, error)

// input is the body of one operation; check refuses what the service's own
// validation refuses before the operation runs.
type input interface{ check() error }

// done is the answer of operations that answer {}.
type done struct{}

func (p *Pool) table() map[string]operation {
	return map[string]operation{
		"AdminAddUserToGroup":      serve(p.adminAddUserToGroup),
		"AdminConfirmSignUp":       serve(p.adminConfirmSignUp),
		"AdminCreateUser":          serve(p.adminCreateUser),
		"AdminDeleteUser":          serve(p.adminDeleteUser),
		"AdminDisableUser":         serve(p.adminDisableUser),
		"AdminEnableUser":          serve(p.adminEnableUser),
		"AdminGetUser":             serve(p.adminGetUser),
		"AdminListGroupsForUser":   serve(p.adminListGroupsForUser),
		"AdminRemoveUserFromGroup": serve(p.adminRemoveUserFromGroup),
		"AdminSetUserPassword":     serve(p.adminSetUserPassword),
		"AdminUserGlobalSignOut":   serve(p.adminUserGlobalSignOut),
		"ChangePassword":           serve(p.changePassword),
		"ConfirmForgotPassword":    serve(p.confirmForgotPassword),
		"ConfirmSignUp":            serve(p.confirmSignUp),
		"CreateGroup":              serve(p.createGroup),
		"DeleteUser":               serve(p.deleteUser),
		"ForgotPassword":           serve(p.forgotPassword),
		"GetUser":                  serve(p.getUser),
		"GlobalSignOut":            serve(p.globalSignOut),
		"InitiateAuth":             serve(p.initiateAuth),
		"ResendConfirmationCode":   serve(p.resendConfirmationCode),
		"RespondToAuthChallenge":   serve(p.respondToAuthChallenge),
		"RevokeToken":              serve(p.revokeToken),
		"SignUp":                   serve(p.signUp),
	}
}

func serve[In input, Out any](run func(context.Context, In) (Out, error)) operation {
	return func(ctx context.Context, body []byte) (any, error) {
		var in In
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, errSerialization
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		return run(ctx, in)
	}
}
