package cognito

// unsupported returns an operation on a feature that the template's pool does not enable. It fails with the service's error.
func unsupported(err *apiError) func(accessInput, user) (empty, error) {
	return func(accessInput, user) (empty, error) { return empty{}, err }
}

type passkeysOutput struct {
	Credentials []struct{}
}

// listWebAuthnCredentials always returns an empty list.
func (p *Pool) listWebAuthnCredentials(accessInput, user) (passkeysOutput, error) {
	return passkeysOutput{Credentials: []struct{}{}}, nil
}

type authFactorsOutput struct {
	Username                  string
	ConfiguredUserAuthFactors []string
	mfaOutput
}

func (p *Pool) getUserAuthFactors(_ accessInput, u user) (authFactorsOutput, error) {
	return authFactorsOutput{Username: u.sub, ConfiguredUserAuthFactors: []string{"PASSWORD"}, mfaOutput: u.mfaOutput()}, nil
}
