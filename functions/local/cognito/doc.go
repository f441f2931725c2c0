// Package cognito stands in for one Amazon Cognito user pool, for the local
// runner and its tests. It speaks the pool's JSON API, so that the AWS CLI,
// the SDKs and browser clients sign people up and in against it as they do
// against the real service, and it serves the keys that its tokens are
// verified with.
//
// The pool is set up as template.yaml sets up the deployed one: the e-mail is
// the username in any letter case, a confirmed sign-up has a verified e-mail, a
// new e-mail replaces the old one once it is verified, no device is remembered,
// whoever sets up an authenticator app is asked for its code, passwords have 8
// characters of every kind, the one client has no secret, ID and access tokens
// live for an hour and refresh tokens, which are not rotated, for 30 days.
// PreventUserExistenceErrors is ENABLED, so a caller cannot tell an unknown
// user from a wrong password. As with the service, SignUp of a known address,
// ConfirmSignUp and the Admin operations still tell who is there.
//
// What it departs from, since it is for one machine and nothing of value:
//
//   - No mail is sent. Every confirmation code is [ConfirmationCode], and the
//     password that AdminCreateUser makes when given none is known to nobody.
//   - Signatures are not verified; any credentials do. Web pages of other origins
//     are refused the operations that the service wants signed.
//   - There is no hosted UI, no Lambda triggers, no throttling and no
//     lockout. Operations that the service has and this
//     package has not answer UnknownOperationException.
//   - Everything is in memory and ends with the process.
//
// Passwords are kept as the salt and verifier of the Secure Remote Password
// protocol, from which both ways of signing in are checked.
package cognito
