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
	lambdatest.ColdStart(t, event, func(t *testing.T, response []byte, _ string) {
		if got := string(response); got != `{"batchItemFailures":[{"itemIdentifier":"00000001-0000-4000-8000-000000000000"}]}` {
			t.Errorf("response: %s", got)
		}
	})
}

func TestVariables(t *testing.T) {
	t.Parallel()
	lambdatest.CheckVariables(t)
}
