package cognito

const softwareTokenMFA = "SOFTWARE_TOKEN_MFA"

type associateOutput struct {
	SecretCode string
}

// associateSoftwareToken creates the secret of an authenticator app, which is in use once a code of it was verified.
func (p *Pool) associateSoftwareToken(_ accessInput, u user) (associateOutput, error) {
	secret := newTOTPSecret()
	err := p.users.update(u.sub, p.now(), func(u *user) error {
		u.pendingToken = softwareToken{secret: secret}
		return nil
	})
	return associateOutput{SecretCode: encodeSecret(secret)}, err
}

type verifyTokenInput struct {
	accessInput
	UserCode           string
	FriendlyDeviceName string
}

func (in verifyTokenInput) check() error {
	return validate(tokenMember("accessToken", in.AccessToken), member{name: "userCode", value: in.UserCode, max: 6, pattern: `[0-9]{6}`})
}

type verifyTokenOutput struct {
	Status string
}

func (p *Pool) verifySoftwareToken(in verifyTokenInput, u user) (verifyTokenOutput, error) {
	now := p.now()
	err := p.users.update(u.sub, now, func(u *user) error {
		if u.pendingToken.secret == "" {
			return errNoToken
		}
		token, err := u.pendingToken.consumeCode(in.UserCode, now)
		if err != nil {
			return errTokenNotEnabled
		}
		token.name = in.FriendlyDeviceName
		u.token, u.pendingToken = token, softwareToken{}
		return nil
	})
	return verifyTokenOutput{Status: "SUCCESS"}, err
}

type mfaSettings struct{ Enabled, PreferredMfa bool }

type mfaPreference struct {
	SMSMfaSettings           mfaSettings
	EmailMfaSettings         mfaSettings
	SoftwareTokenMfaSettings *mfaSettings // nil: unchanged
}

type preferenceInput struct {
	accessInput
	mfaPreference
}

func (p *Pool) setUserMFAPreference(in preferenceInput, u user) (empty, error) {
	return empty{}, p.setMFAPreference(u, in.mfaPreference)
}

type adminPreferenceInput struct {
	adminInput
	mfaPreference
}

func (p *Pool) adminSetUserMFAPreference(in adminPreferenceInput, u user) (empty, error) {
	return empty{}, p.setMFAPreference(u, in.mfaPreference)
}

// setMFAPreference fails for codes by text message and mail: the template's pool enables authenticator apps only.
func (p *Pool) setMFAPreference(u user, preference mfaPreference) error {
	for name, settings := range map[string]mfaSettings{"SMS_MFA": preference.SMSMfaSettings, "EMAIL_OTP": preference.EmailMfaSettings} {
		if settings.Enabled || settings.PreferredMfa {
			return invalidParameter("User does not have delivery config set to turn on %s", name)
		}
	}
	token := preference.SoftwareTokenMfaSettings
	if token == nil {
		return nil
	}
	return p.users.update(u.sub, p.now(), func(u *user) error {
		if (token.Enabled || token.PreferredMfa) && u.token.secret == "" {
			return errTokenUnverified
		}
		u.tokenEnabled, u.tokenPreferred = token.Enabled || token.PreferredMfa, token.PreferredMfa
		return nil
	})
}

// mfaOutput is the part of GetUser's and AdminGetUser's output about the second factor.
type mfaOutput struct {
	UserMFASettingList  []string `json:",omitempty"`
	PreferredMfaSetting string   `json:",omitempty"`
}

func (u user) mfaOutput() (out mfaOutput) {
	if u.tokenEnabled {
		out.UserMFASettingList = []string{softwareTokenMFA}
	}
	if u.tokenPreferred {
		out.PreferredMfaSetting = softwareTokenMFA
	}
	return out
}

// requireMFACode returns the tokens, or a challenge if the user has a second factor.
func (p *Pool) requireMFACode(u user) (authOutput, error) {
	if !u.tokenEnabled {
		return p.signIn(u)
	}
	session := p.challenges.put(p.now(), challenge{name: softwareTokenMFA, sub: u.sub, password: u.password})
	return authOutput{ChallengeName: softwareTokenMFA, Session: session, ChallengeParameters: map[string]string{
		"USER_ID_FOR_SRP": u.sub, "FRIENDLY_DEVICE_NAME": u.token.name,
	}}, nil
}

// respondMFACode verifies a code of the authenticator app. A wrong code leaves the session valid, so that the user can
// try another.
func (p *Pool) respondMFACode(session string, responses map[string]string) (authOutput, error) {
	values, err := required(responses, "USERNAME", "SOFTWARE_TOKEN_MFA_CODE")
	if err != nil {
		return authOutput{}, err
	}
	if session == "" {
		return authOutput{}, missingParameter("Session")
	}
	now := p.now()
	ch, err := p.challenges.get(now, softwareTokenMFA, session)
	if err != nil {
		return authOutput{}, err
	}
	var verified user
	err = p.users.update(p.userOrSimulated(values[0]).sub, now, func(u *user) error {
		if u.sub != ch.sub || u.password != ch.password {
			return errSession
		}
		u.token, err = u.token.consumeCode(values[1], now)
		verified = *u
		return err
	})
	if err != nil {
		return authOutput{}, err
	}
	if _, err := p.challenges.take(now, softwareTokenMFA, session); err != nil {
		return authOutput{}, err
	}
	return p.signIn(verified)
}
