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
	var sent []string
	var mutex sync.Mutex
	aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		sent = append(sent, r.URL.Path)
		_, _ = w.Write([]byte(`{}`))
	}))
	t.Cleanup(aws.Close)
	response := lambdatest.Invoke(t, lambdatest.Build(t), []byte(`{"DeploymentId":"d-1","LifecycleEventHookExecutionId":"e-1"}`), "AWS_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=SECRET", "AWS_ENDPOINT_URL="+aws.URL, "USERS_VERSION=users:7", "USER_EVENTS_VERSION=events:7",
		"ITEMS_VERSION=items:7", "ITEM_SYNC_VERSION=itemsync:7")
	got := strings.Join(sent, " ")
	for _, version := range []string{"users:7", "events:7", "items:7", "itemsync:7"} {
		if !strings.Contains(got, "/functions/"+version+"/invocations") {
			t.Errorf("%s was not invoked: %s", version, got)
		}
	}
	if string(response) != "null" || len(sent) != 5 || sent[4] != "/" {
		t.Errorf("response %s after %v", response, sent)
	}
}

func TestMissingVariables(t *testing.T) {
	t.Parallel()
	want := "configuration: missing environment variables: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, USERS_VERSION, USER_EVENTS_VERSION, ITEM_SYNC_VERSION\n"
	if got := lambdatest.StartError(t, lambdatest.Build(t), "ITEMS_VERSION=items:7"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}
