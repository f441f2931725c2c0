package main_test

import (
	"strings"
	"testing"

	"rental.example/adapters/lambdaenv/lambdatest"
	"rental.example/adapters/samtest"
)

// TestColdStart: the binary starts whatever its store does.
func TestColdStart(t *testing.T) {
	t.Parallel()
	event := []byte(samtest.ReadFile(t, "testdata/events/republish/typing-error.json"))
	lambdatest.ColdStart(t, event, func(t *testing.T, response []byte, _ string) {
		if got := string(response); !strings.Contains(got, "unknown or repeated field") {
			t.Errorf("response: %s", got)
		}
	})
}

func TestVariables(t *testing.T) {
	t.Parallel()
	lambdatest.CheckVariables(t)
}
