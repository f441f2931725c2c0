// Package e2e is one suite of tests for the whole system, from outside: it signs in, calls the API over HTTP and
// waits for what has to follow, as a client would, and uses nothing of the code.
//
//	go test ./functions/e2e      the local runner, which the suite builds and starts
//	make e2e STACK=rental-dev    a deployed stack
//
// A deployed one is named by the environment, which functions/e2e/deployed fills in from the stack's outputs:
//
//	E2E_API_URL             the API's URL, its stage included
//	E2E_COGNITO_ENDPOINT    the URL of the user pool's API
//	E2E_USER_POOL_ID        the user pool
//	E2E_CLIENT_ID           the app client to sign in with
//	E2E_ALLOWED_ORIGIN      the one origin that CORS admits
//	E2E_RENTER, E2E_RENTEE  e-mails, as those of two users of the pool
//	E2E_ADMIN               the same of a third, in the group admin
//	E2E_PASSWORD            of all three
//	E2E_ITEMS               none where the items service is not deployed; empty otherwise
//	E2E_EVENT_DEADLINE      how long what happens to a profile may take to be true for its items: 60s
//	E2E_TARGET              aws, or the stand-in for it: what departures lists for that is not demanded
//
// The users must be the suite's own as long as it runs: their profiles are created and deleted. Everything else it
// finds again by names that it makes up, so it may run against a system that is in use. It leaves nothing but
// the tombstones of three profiles.
package e2e
