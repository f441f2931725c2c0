package e2e_test

import (
	"bytes"
	"testing"
	"time"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/samtest"
	"rental.example/functions/local/localtest"
)

// origin is set for the runner, so that it is not the one that it would take by itself.
const origin = "https://app.example.com"

// start builds the local runner, starts it as a process of its own on a free port, and ends it with the test.
func start(t *testing.T, env []string, args ...string) *target {
	t.Helper()
	log, secretTexts := new(bytes.Buffer), &secrets{fields: apigatewaytest.FieldNames(t, samtest.Root(t))}
	t.Cleanup(func() { secretTexts.check(t, log.String()) }) // when it has ended
	env = append([]string{"LOG_LEVEL=INFO", "USERS_TABLE=users", "OPEN_SEARCH_INDEX=items", "ALLOWED_ORIGIN=" + origin}, env...)
	url := "http://" + localtest.Start(t, localtest.Build(t), log, env, args...)
	return &target{
		name: "local", api: url, cognito: url, clientID: "localclient", poolID: "us-east-1_local", origin: origin, deadline: 5 * time.Second,
		renter: "renter@example.com", rentee: "rentee@example.com", admin: "admin@example.com", password: "Passw0rd!",
		http: newHTTPClient(secretTexts),
	}
}
