package cognito

import (
	"context"
)

const softwareTokenMFA = "SOFTWARE_TOKEN_MFA"

type associateOutput struct {
	SecretCode string
}

// associateSoftwareToken makes the secret of an authenticator app, which counts
// once a code of it was verified.
func (p *Pool) associateSoftwareToken(_ context.Context, in accessInput) (associateOutput, error) {
	u, err := p.bearer(in.AccessToken)
	if err != nil {
		return associateOutput{}, err
	}
	secret := newTOTPSecret()
	err = p.users.update(u.sub, p.now(), func(u *user) error {
		u.pendingToken = softwareToken{secret: secret}
		return nil
	})
	return associateOutput{SecretCode: spell(secret)}, err
}

type verifyTokenInput struct {
	AccessToken        string
	UserCode           string
	FriendlyDeviceName string
}

func (in verifyTokenInput) check() error {
	return validate(tokenMember("accessToken", in.AccessToken), member{name: "userCode", value: in.UserCode, max: 6, pattern: `[0-9]{6}`})
}

type verifyTokenOutput struct {
	Status string
}

func (p *Pool) verifySoftwareToken(_ context.Context, in verifyTokenInput) (verifyTokenOutput, error) {
	u, err := p.bearer(in.AccessToken)
	if err != nil {
		return verifyTokenOutput{}, err
	}
	now := p.now()
	err = p.users.update(u.sub, now, func(u *user) error {
		if u.pendingToken.secret == "" {
			return errNoToken
		}
		token, err := u.pendingToken.use(in.UserCode, now)
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
	SoftwareTokenMfaSettings *mfaSettings // nil leaves it as it is
}

type preferenceInput struct {
	accessInput
	mfaPreference
}

func (p *Pool) setUserMFAPreference(_ context.Context, in preferenceInput) (done, error) {
	u, err := p.bearer(in.AccessToken)
	if err != nil {
		return done{}, err
	}
	return done{}, p.prefer(u, in.mfaPreference)
}

type adminPreferenceInput struct {
	adminInput
	mfaPreference
}

func (p *Pool) adminSetUserMFAPreference(_ context.Context, in adminPreferenceInput) (done, error) {
	u, err := p.named(in.Username)
	if err != nil {
		return done{}, err
	}
	return done{}, p.prefer(u, in.mfaPreference)
}

// prefer refuses codes by text message and mail: the template's pool enables
// authenticator apps only.
func (p *Pool) prefer(u user, wanted mfaPreference) error {
	for name, settings := range map[string]mfaSettings{"SMS_MFA": wanted.SMSMfaSettings, "EMAIL_OTP": wanted.EmailMfaSettings} {
		if settings.Enabled || settings.PreferredMfa {
			return invalidParameter("User does not have delivery config set to turn on %s", name)
		}
	}
	token := wanted.SoftwareTokenMfaSettings
	if token == nil {
		return nil
	}
	return p.users.update(u.sub, p.now(), func(u *user) error {
		if (token.Enabled || token.PreferredMfa) && u.token.secret == "" {
			return errTokenUnverified
		}
		u.tokenWanted, u.tokenPreferred = token.Enabled || token.PreferredMfa, token.PreferredMfa
		return nil
	})
}

// mfaView is what GetUser and AdminGetUser show of a second factor.
type mfaView struct {
	UserMFASettingList  []string `json:",omitempty"`
	PreferredMfaSetting string   `json:",omitempty"`
}

func (u user) mfa() (view mfaView) {
	if u.tokenWanted {
		view.UserMFASettingList = []string{softwareTokenMFA}
	}
	if u.tokenPreferred {
		view.PreferredMfaSetting = softwareTokenMFA
	}
	return view
}

// demandCode asks for the second factor of a user who wants one.
func (p *Pool) demandCode(u user) (authOutput, error) {
	if !u.tokenWanted {
		return p.signIn(u)
	}
	session := p.challenges.put(p.now(), challenge{name: softwareTokenMFA, sub: u.sub, password: u.password})
	return authOutput{ChallengeName: softwareTokenMFA, Session: session, ChallengeParameters: map[string]string{
		"USER_ID_FOR_SRP": u.sub, "FRIENDLY_DEVICE_NAME": u.token.name,
	}}, nil
}

// acceptCode does not spend the session on a wrong code, so that the user can
// try another.
func (p *Pool) acceptCode(session string, responses map[string]string) (authOutput, error) {
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
	var proved user
	err = p.users.update(p.userOrStandIn(values[0]).sub, now, func(u *user) error {
		if u.sub != ch.sub || u.password != ch.password {
			return errSession
		}
		u.token, err = u.token.use(values[1], now)
		proved = *u
		return err
	})
	if err != nil {
		return authOutput{}, err
	}
	if _, err := p.challenges.take(now, softwareTokenMFA, session); err != nil {
		return authOutput{}, err
	}
	return p.signIn(proved)
}
