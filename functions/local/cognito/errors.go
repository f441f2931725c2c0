package cognito

import (
	"fmt"
	"net/http"
)

// apiError is a refusal as the service words it. Clients tell refusals apart
// by name; the texts are the service's own where they are known.
type apiError struct {
	name    string
	message string
	status  int
}

func (e *apiError) Error() string { return e.name + ": " + e.message }

func refusal(name, message string) *apiError {
	return &apiError{name: name, message: message, status: http.StatusBadRequest}
}

func notAuthorized(message string) *apiError { return refusal("NotAuthorizedException", message) }

func invalidParameter(format string, args ...any) *apiError {
	return refusal("InvalidParameterException", fmt.Sprintf(format, args...))
}

func missingParameter(name string) *apiError {
	return invalidParameter("Missing required parameter %s", name)
}

func notFound(format string, args ...any) *apiError {
	return refusal("ResourceNotFoundException", fmt.Sprintf(format, args...))
}

// Refusals with a fixed text.
var (
	errIncorrect       = notAuthorized("Incorrect username or password.")
	errDisabled        = notAuthorized("User is disabled.")
	errNotConfirmed    = refusal("UserNotConfirmedException", "User is not confirmed.")
	errNoUser          = refusal("UserNotFoundException", "User does not exist.")
	errNoGroup         = notFound("Group not found.")
	errGroupExists     = refusal("GroupExistsException", "A group with the name already exists.")
	errEmailTaken      = refusal("UsernameExistsException", "An account with the given email already exists.")
	errAliasTaken      = refusal("AliasExistsException", "An account with the given email already exists.")
	errUserExists      = refusal("UsernameExistsException", "User account already exists")
	errNotEmail        = invalidParameter("Username should be an email.")
	errEmailFormat     = invalidParameter("Invalid email address format.")
	errEmailRequired   = invalidParameter("Attributes did not conform to the schema: email: The attribute is required")
	errNoToken         = refusal("SoftwareTokenMFANotFoundException", "Software token MFA was not associated with the user.")
	errTokenNotEnabled = refusal("EnableSoftwareTokenMFAException", "Code mismatch")
	errTokenUnverified = invalidParameter("User has not verified software token mfa")
	errTokenMismatch   = refusal("CodeMismatchException", "Invalid code received for user")
	errTokenUsed       = refusal("ExpiredCodeException", "Your software token has already been used once.")
	errNoDevices       = invalidParameter("The user pool does not remember devices.")
	errNoPasskeys      = refusal("WebAuthnNotEnabledException", "The user pool has no passkeys enabled.")
	errNoPasskey       = notFound("The user has no such passkey.")
	errCodeMismatch    = refusal("CodeMismatchException", "Invalid verification code provided, please try again.")
	errCodeExpired     = refusal("ExpiredCodeException", "Invalid code provided, please request a code again.")
	errNoAddress       = invalidParameter("Cannot reset password for the user as there is no registered/verified email or phone_number")
	errResetRequired   = refusal("PasswordResetRequiredException", "Password reset required for the user")
	errFlowUnsupported = invalidParameter("Initiate Auth method not supported.")
	errNoReset         = notAuthorized("User password cannot be reset in the current state.")
	errRefreshInvalid  = notAuthorized("Invalid Refresh Token.")
	errRefreshExpired  = notAuthorized("Refresh Token has expired")
	errRefreshRevoked  = notAuthorized("Refresh Token has been revoked")
	errAccessInvalid   = notAuthorized("Invalid Access Token")
	errAccessForged    = notAuthorized("Could not verify signature for Access Token")
	errAccessExpired   = notAuthorized("Access Token has expired")
	errAccessRevoked   = notAuthorized("Access Token has been revoked")
	errSession         = notAuthorized("Invalid session for the user.")
	errSessionUsed     = notAuthorized("Invalid session for the user, session can only be used once.")
	errSessionExpired  = notAuthorized("Invalid session for the user, session is expired.")
	errTokenType       = refusal("UnsupportedTokenTypeException", "Unsupported token type")
	errSerialization   = refusal("SerializationException", "The request body is not the JSON object that this operation takes.")
	errUnauthorized    = notAuthorized("A client attempted to write unauthorized attribute")
	errCrossOrigin     = &apiError{name: "ForbiddenException", status: http.StatusForbidden,
		message: "Pages of other origins may not call operations that AWS wants signed: use the AWS CLI, an SDK or curl."}
)
