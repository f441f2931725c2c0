package main

import (
	"io"
	"strings"
	"testing"

	"rental.example/adapters/lambdaenv"
)

// TestBadArguments checks errors that are reported before any request.
func TestBadArguments(t *testing.T) {
	t.Parallel()
	const someone = "11111111-1111-4111-8111-111111111111"
	stack := map[string]string{
		"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "USERS_TABLE": "users", "ERASURES_TABLE": "erasures",
		"OPEN_SEARCH_END_POINT": "http://127.0.0.1:9", "OPEN_SEARCH_INDEX": "items", "OPEN_SEARCH_SERVICE": "none", "DEAD_LETTER_QUEUES": "a=http://127.0.0.1:9/a",
	}
	tests := []struct {
		args, want string
		without    string // a missing environment variable
	}{
		{"", "want a command: drop-index, export, forget", ""},
		{"restore", "want a command", ""},
		{"snapshots now", "takes no argument", ""},
		{"snapshot", "want one argument: a repository", ""},
		{"snapshot cs/../x", "the repository \"cs/../x\": want lower-case letters", ""},
		{"register-snapshots own bucket", "want three arguments", ""},
		{"register-snapshots cs-own bucket arn:aws:iam::123456789012:role/r", "are Amazon's own: choose another name", ""},
		{"restore-items", "want one argument: a snapshot", ""},
		{"restore-items -since yesterday a", "want a time such as 2026-11-30T12:00:00Z", ""},
		{"restore-items -sinse a", "flag provided but not defined: -sinse", ""},
		{"reindex", "want one argument: items or owners", ""},
		{"reindex users", `"users": want items or owners`, ""},
		{"reindex -shards many items", `shards "many": want a number from 1 to 99`, ""},
		{"drop-index", "want one argument: the name of an index", ""},
		{"reindex items", "missing environment variables: OPEN_SEARCH_END_POINT", "OPEN_SEARCH_END_POINT"},
		{"restore-users", "want one argument: the table", ""},
		{"restore-users users", "users is the table in use", ""},
		{"restore-users backup", "missing environment variables: ERASURES_TABLE", "ERASURES_TABLE"},
		{"forget", "want a user's id", ""},
		{"forget Ada", `invalid user id "Ada": want a UUID in lower case`, ""},
		{"forget " + someone, "missing environment variables: DEAD_LETTER_QUEUES", "DEAD_LETTER_QUEUES"},
		{"export " + someone, "is not JSON", ""},
	}
	for _, test := range tests {
		env := lambdaenv.New(func(name string) string {
			if name == test.without {
				return ""
			}
			return stack[name]
		})
		err := run(t.Context(), strings.Fields(test.args), tool{env: env, in: strings.NewReader("{"), out: io.Discard, progress: io.Discard})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("ops %s: %v; want %s", test.args, err, test.want)
		}
	}
}
