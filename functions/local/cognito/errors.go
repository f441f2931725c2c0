package cognito

import (
	"fmt"
	"net/http"
)

// apiError is an error of the API. Clients distinguish errors by name; the messages are the service's where they are known.
type apiError struct {
	name    string
	message string
	status  int
}

func (e *apiError) Error() string { return e.name + ": " + e.message }

func badRequest(name, message string) *apiError {
	return &apiError{name: name, message: message, status: http.StatusBadRequest}
}

func notAuthorized(message string) *apiError { return badRequest("NotAuthorizedException", message) }

func invalidParameter(format string, args ...any) *apiError {
	return badRequest("InvalidParameterException", fmt.Sprintf(format, args...))
}

func missingParameter(name string) *apiError {
	return invalidParameter("Missing required parameter %s", name)
}

func notFound(format string, args ...any) *apiError {
	return badRequest("ResourceNotFoundException", fmt.Sprintf(format, args...))
}

// Errors with a fixed message.
var (
	errIncorrect        = notAuthorized("Incorrect username or password.")
	errDisabled         = notAuthorized("User is disabled.")
	errNotConfirmed     = badRequest("UserNotConfirmedException", "User is not confirmed.")
	errNoUser           = badRequest("UserNotFoundException", "User does not exist.")
	errNoGroup          = notFound("Group not found.")
	errGroupExists      = badRequest("GroupExistsException", "A group with the name already exists.")
	errEmailTaken       = badRequest("UsernameExistsException", "An account with the given email already exists.")
	errAliasTaken       = badRequest("AliasExistsException", "An account with the given email already exists.")
	errUserExists       = badRequest("UsernameExistsException", "User account already exists")
	errNotEmail         = invalidParameter("Username should be an email.")
	errEmailFormat      = invalidParameter("Invalid email address format.")
	errEmailRequired    = invalidParameter("Attributes did not conform to the schema: email: The attribute is required")
	errNoToken          = badRequest("SoftwareTokenMFANotFoundException", "Software token MFA was not associated with the user.")
	errTokenNotEnabled  = badRequest("EnableSoftwareTokenMFAException", "Code mismatch")
	errTokenUnverified  = invalidParameter("User has not verified software token mfa")
	errTokenMismatch    = badRequest("CodeMismatchException", "Invalid code received for user")
	errTokenUsed        = badRequest("ExpiredCodeException", "Your software token has already been used once.")
	errNoDevices        = invalidParameter("The user pool does not remember devices.")
	errNoPasskeys       = badRequest("WebAuthnNotEnabledException", "The user pool has no passkeys enabled.")
	errNoPasskey        = notFound("The user has no such passkey.")
	errCodeMismatch     = badRequest("CodeMismatchException", "Invalid verification code provided, please try again.")
	errCodeExpired      = badRequest("ExpiredCodeException", "Invalid code provided, please request a code again.")
	errNoVerifiedEmail  = invalidParameter("Cannot reset password for the user as there is no registered/verified email or phone_number")
	errResetRequired    = badRequest("PasswordResetRequiredException", "Password reset required for the user")
	errFlowNotSupported = invalidParameter("Initiate Auth method not supported.")
	errNoReset          = notAuthorized("User password cannot be reset in the current state.")
	errRefreshInvalid   = notAuthorized("Invalid Refresh Token.")
	errRefreshExpired   = notAuthorized("Refresh Token has expired")
	errRefreshRevoked   = notAuthorized("Refresh Token has been revoked")
	errAccessInvalid    = notAuthorized("Invalid Access Token")
	errAccessSignature  = notAuthorized("Could not verify signature for Access Token")
	errAccessExpired    = notAuthorized("Access Token has expired")
	errAccessRevoked    = notAuthorized("Access Token has been revoked")
	errSession          = notAuthorized("Invalid session for the user.")
	errSessionUsed      = notAuthorized("Invalid session for the user, session can only be used once.")
	errSessionExpired   = notAuthorized("Invalid session for the user, session is expired.")
	errTokenType        = badRequest("UnsupportedTokenTypeException", "Unsupported token type")
	errSerialization    = badRequest("SerializationException", "The request body is not the JSON object that this operation takes.")
	errUnauthorized     = notAuthorized("A client attempted to write unauthorized attribute")
	errCrossOrigin      = &apiError{name: "ForbiddenException", status: http.StatusForbidden,
		message: "Pages of other origins may not call operations that AWS requires to be signed: use the AWS CLI, an SDK or curl."}
)
