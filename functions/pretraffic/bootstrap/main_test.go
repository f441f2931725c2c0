package main_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"rental.example/adapters/lambdaenv/lambdatest"
)

// TestBinary checks that the versions in the environment are invoked, and the result is reported.
func TestBinary(t *testing.T) {
	t.Parallel()
	versions := map[string]string{"USERS_VERSION": "users:7", "USER_EVENTS_VERSION": "events:7", "ITEMS_VERSION": "items:7", "ITEM_SYNC_VERSION": "itemsync:7"}
	var sent []string
	var mutex sync.Mutex
	aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		sent = append(sent, r.URL.Path)
		_, _ = w.Write([]byte(`{}`))
	}))
	t.Cleanup(aws.Close)
	variables := lambdatest.DeployedVariables(t, aws.URL)
	variables["AWS_ENDPOINT_URL"] = aws.URL
	for name, value := range versions {
		variables[name] = value
	}
	response := lambdatest.Invoke(t, lambdatest.Build(t), []byte(`{"DeploymentId":"d-1","LifecycleEventHookExecutionId":"e-1"}`), variables)
	got := strings.Join(sent, " ")
	for _, version := range versions {
		if !strings.Contains(got, "/functions/"+version+"/invocations") {
			t.Errorf("%s was not invoked: %s", version, got)
		}
	}
	if string(response) != "null" || len(sent) != 5 || sent[4] != "/" {
		t.Errorf("response %s after %v", response, sent)
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	lambdatest.CheckVariables(t)
}
