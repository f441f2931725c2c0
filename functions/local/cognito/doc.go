// Package cognito simulates one Amazon Cognito user pool for the local runner and its tests. It serves the pool's JSON
// API to the AWS CLI, the SDKs and browser clients, and the keys that its tokens are verified with.
//
// The pool has the settings of template.yaml: the e-mail is the username in any letter case, a confirmed sign-up has a
// verified e-mail, a new e-mail replaces the old one once it is verified, no device is remembered, users with an
// authenticator app must enter its code, passwords have 8 characters of every kind, the one client has no secret, ID and
// access tokens are valid for an hour and refresh tokens, which are not rotated, for 30 days. PreventUserExistenceErrors
// is ENABLED, so a caller cannot distinguish an unknown user from a wrong password. As with the service, SignUp of a
// known address, ConfirmSignUp and the Admin operations still reveal which users exist.
//
// Differences from the service:
//
//   - No mail is sent. Every confirmation code is [ConfirmationCode], and AdminCreateUser without a password sets a
//     random one that is not published.
//   - Signatures are not verified, so any credentials work. Pages of other origins are rejected for the operations that
//     the service requires to be signed.
//   - There is no hosted UI, no Lambda trigger, no throttling and no lockout. An operation of the service that is missing
//     here returns UnknownOperationException.
//   - Everything is in memory and ends with the process.
//
// Passwords are stored as the salt and verifier of the Secure Remote Password protocol, which both ways of signing in use.
package cognito
