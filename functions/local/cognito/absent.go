package cognito

import "context"

// without refuses the operations of what the template's pool is set up without,
// with the service's error, once it is known who asks.
func (p *Pool) without(err *apiError) func(context.Context, accessInput) (done, error) {
	return func(_ context.Context, in accessInput) (done, error) {
		if _, refused := p.bearer(in.AccessToken); refused != nil {
			return done{}, refused
		}
		return done{}, err
	}
}

type passkeysOutput struct {
	Credentials []struct{}
}

// listWebAuthnCredentials shows that nobody has a passkey.
func (p *Pool) listWebAuthnCredentials(_ context.Context, in accessInput) (passkeysOutput, error) {
	_, err := p.bearer(in.AccessToken)
	return passkeysOutput{Credentials: []struct{}{}}, err
}

type authFactorsOutput struct {
	Username                  string
	ConfiguredUserAuthFactors []string
	mfaView
}

func (p *Pool) getUserAuthFactors(_ context.Context, in accessInput) (authFactorsOutput, error) {
	u, err := p.bearer(in.AccessToken)
	if err != nil {
		return authFactorsOutput{}, err
	}
	return authFactorsOutput{Username: u.sub, ConfiguredUserAuthFactors: []string{"PASSWORD"}, mfaView: u.mfa()}, nil
}
