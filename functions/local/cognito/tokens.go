package cognito

import (
	"cmp"
	"time"
)

// tokenValidity is the IdTokenValidity and AccessTokenValidity of the template's client.
const tokenValidity = time.Hour

// authResult is AuthenticationResultType of the service's model.
type authResult struct {
	AccessToken  string
	ExpiresIn    int
	IDToken      string `json:"IdToken"`
	RefreshToken string `json:",omitempty"`
	TokenType    string
}

// issue returns a new ID token and a new access token of a login. See
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
// and the page on the access token beside it.
func (p *Pool) issue(u user, l login) (*authResult, error) {
	id, err := p.idKey.sign(p.idClaims(u, l))
	if err != nil {
		return nil, err
	}
	access, err := p.accessKey.sign(p.accessClaims(u, l))
	if err != nil {
		return nil, err
	}
	return &authResult{AccessToken: access, IDToken: id, ExpiresIn: int(tokenValidity.Seconds()), TokenType: "Bearer"}, nil
}

func (p *Pool) idClaims(u user, l login) map[string]any {
	claims := p.commonClaims(u, l)
	for _, a := range u.attributes {
		claims[a.Name] = a.Value
	}
	claims["token_use"] = "id"
	claims["aud"] = ClientID
	claims["cognito:username"] = u.sub
	claims["email"] = u.email
	claims["email_verified"] = u.emailVerified
	return claims
}

func (p *Pool) accessClaims(u user, l login) map[string]any {
	claims := p.commonClaims(u, l)
	claims["token_use"] = "access"
	claims["client_id"] = ClientID
	claims["username"] = u.sub
	claims["scope"] = "aws.cognito.signin.user.admin"
	return claims
}

// commonClaims has no groups claim for a user without groups, like the service: the authorizer would pass an empty list
// on as an empty string.
func (p *Pool) commonClaims(u user, l login) map[string]any {
	now := p.now()
	claims := map[string]any{
		"sub": u.sub, "iss": p.issuer, "origin_jti": l.originJTI, "event_id": l.eventID, "jti": newUUID(),
		"auth_time": l.authTime.Unix(), "iat": now.Unix(), "exp": now.Add(tokenValidity).Unix(),
	}
	if len(u.groups) > 0 {
		claims["cognito:groups"] = u.groups
	}
	return claims
}

// refreshAuth is the refresh flow of InitiateAuth.
func (p *Pool) refreshAuth(parameters map[string]string) (authOutput, error) {
	values, err := required(parameters, "REFRESH_TOKEN")
	if err != nil {
		return authOutput{}, err
	}
	result, err := p.refresh(values[0])
	if err != nil {
		return authOutput{}, err
	}
	return authOutput{ChallengeParameters: map[string]string{}, AuthenticationResult: result}, nil
}

// refresh issues new tokens of the same login. The template's client does not rotate refresh tokens.
func (p *Pool) refresh(token string) (*authResult, error) {
	l, err := p.logins.byToken(token, p.now())
	if err != nil {
		return nil, err
	}
	u, ok := p.users.find(l.sub)
	if !ok {
		return nil, errRefreshRevoked
	}
	return p.issue(u, l)
}

type refreshInput struct {
	ClientID     string `json:"ClientId"`
	RefreshToken string
}

func (in refreshInput) check() error {
	return cmp.Or(validate(tokenMember("refreshToken", in.RefreshToken), clientMember(in.ClientID)), checkClientID(in.ClientID))
}

type refreshOutput struct {
	AuthenticationResult *authResult
}

// getTokensFromRefreshToken does not depend on rotation.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html
func (p *Pool) getTokensFromRefreshToken(in refreshInput) (refreshOutput, error) {
	result, err := p.refresh(in.RefreshToken)
	return refreshOutput{AuthenticationResult: result}, err
}

// tokenUser returns the user of a valid access token.
func (p *Pool) tokenUser(token string) (user, error) {
	claims, err := p.accessKey.verify(token)
	if err != nil {
		return user{}, err
	}
	if claims.TokenUse != "access" || claims.Issuer != p.issuer || claims.ClientID != ClientID {
		return user{}, errAccessInvalid
	}
	if p.now().Unix() >= claims.Expires {
		return user{}, errAccessExpired
	}
	u, ok := p.users.find(claims.Subject)
	if !ok {
		return user{}, errNoUser
	}
	if !p.logins.active(claims.OriginJTI) {
		return user{}, errAccessRevoked
	}
	return u, nil
}
