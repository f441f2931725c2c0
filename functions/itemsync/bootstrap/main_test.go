package main_test

import (
	"testing"

	"rental.example/adapters/lambdaenv/lambdatest"
	"rental.example/adapters/samtest"
)

// TestColdStart: the binary starts whatever its store does.
func TestColdStart(t *testing.T) {
	t.Parallel()
	event := []byte(samtest.ReadFile(t, "testdata/events/itemsync/wrong-specversion.json"))
	lambdatest.ColdStart(t, event, func(store string) []string {
		return []string{"AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=SECRET",
			"OPEN_SEARCH_END_POINT=" + store, "OPEN_SEARCH_INDEX=items", "OPEN_SEARCH_SERVICE=es"}
	}, func(t *testing.T, response []byte, _ string) {
		if got := string(response); got != `{"batchItemFailures":[{"itemIdentifier":"00000001-0000-4000-8000-000000000000"}]}` {
			t.Errorf("response: %s", got)
		}
	})
}

func TestMissingVariables(t *testing.T) {
	t.Parallel()
	want := "configuration: missing environment variables: OPEN_SEARCH_END_POINT, OPEN_SEARCH_SERVICE, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, OPEN_SEARCH_INDEX; " +
		"invalid environment variables: LOG_LEVEL must be DEBUG, INFO, WARN or ERROR\n"
	if got := lambdatest.StartError(t, lambdatest.Build(t), "ALLOWED_ORIGIN=", "LOG_LEVEL=LOUD"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}
