package main_test

import (
	"net/http"
	"strings"
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/lambdaenv/lambdatest"
	"rental.example/adapters/samtest"
)

// TestColdStart: the binary starts whatever its store does, and its first response is logged as a cold one.
func TestColdStart(t *testing.T) {
	t.Parallel()
	event := []byte(samtest.ReadFile(t, "testdata/events/items/search-every-problem.json"))
	lambdatest.ColdStart(t, event, func(t *testing.T, response []byte, log string) {
		got := apigatewaytest.ParseResponse(t, response)
		if got.StatusCode != http.StatusBadRequest || got.Headers["Access-Control-Allow-Origin"] != "http://localhost:3000" {
			t.Errorf("response: %+v", got)
		}
		if !strings.Contains(log, `"cold_start":true`) || !strings.Contains(log, `"ColdStart":1`) || strings.Contains(log, `"stores"`) {
			t.Errorf("log: %s", log)
		}
	})
}

func TestVariables(t *testing.T) {
	t.Parallel()
	lambdatest.CheckVariables(t)
}

func TestUnusableEngine(t *testing.T) {
	t.Parallel()
	variables := lambdatest.DeployedVariables(t, "")
	variables["OPEN_SEARCH_END_POINT"] = "search.example.com"
	got := lambdatest.StartError(t, lambdatest.Build(t), variables.List()...)
	if want := "configuration: opensearch: endpoint \"search.example.com\": want a URL of a scheme and a host\n"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}
