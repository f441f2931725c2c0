package main_test

import (
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/lambdaenv/lambdatest"
)

// TestBinary: an empty batch makes no connection.
func TestBinary(t *testing.T) {
	t.Parallel()
	store := lambdatest.UnusedServer(t)
	for _, c := range apigatewaytest.Cases(t, "../../..", "userevents") {
		if c.Name != "empty" {
			continue
		}
		response := lambdatest.Invoke(t, lambdatest.Build(t), c.Event, lambdatest.DeployedVariables(t, store))
		if got := string(response); got != `{"batchItemFailures":[]}` {
			t.Errorf("response: %s", got)
		}
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	lambdatest.CheckVariables(t)
}
