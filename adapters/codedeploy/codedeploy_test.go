package codedeploy_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rental.example/adapters/codedeploy"
)

// service starts a server, and returns its configuration and the requests that it received.
func service(t *testing.T, respond http.HandlerFunc) (cfg aws.Config, sent func() []string) {
	t.Helper()
	var (
		mu       sync.Mutex
		received []string
	)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		received = append(received, r.Method+" "+r.URL.EscapedPath()+" "+r.Header.Get("X-Amz-Target")+" "+string(body))
		mu.Unlock()
		respond(w, r)
	}))
	t.Cleanup(server.Close)
	return aws.Config{Region: "eu-west-1", BaseEndpoint: &server.URL,
			Credentials: credentials.NewStaticCredentialsProvider("AKID", "SECRET", "")}, func() []string {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(received)
		}
}

const version = "arn:aws:lambda:eu-west-1:123456789012:function:users:7"

func TestInvoke(t *testing.T) {
	t.Parallel()
	cfg, sent := service(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"statusCode":401}`) })
	got, err := codedeploy.NewVersions(codedeploy.NewVersionsClient(cfg)).Invoke(t.Context(), version, []byte(`{"resource":"/user"}`))
	if err != nil || string(got) != `{"statusCode":401}` {
		t.Errorf("%s, %v", got, err)
	}
	if want := "POST /2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Ausers%3A7/invocations  {\"resource\":\"/user\"}"; len(sent()) != 1 || sent()[0] != want {
		t.Errorf("sent %q, want %q", sent(), want)
	}
}

// TestInvokeFails checks that nothing is retried.
func TestInvokeFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		respond http.HandlerFunc
		want    string
	}{
		"crash": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Amz-Function-Error", "Unhandled")
			_, _ = io.WriteString(w, `{"errorMessage":"exit status 1","errorType":"Runtime.ExitError"}`)
		}, "Runtime.ExitError"},
		"throttled": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Amzn-Errortype", "TooManyRequestsException")
			w.WriteHeader(http.StatusTooManyRequests)
		}, "TooManyRequestsException"},
		"no response": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, sent := service(t, test.respond)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			got, err := codedeploy.NewVersions(codedeploy.NewVersionsClient(cfg)).Invoke(ctx, version, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) || got != nil || len(sent()) != 1 {
				t.Errorf("%s, %v after %d attempts, want %q", got, err, len(sent()), test.want)
			}
		})
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	hook := codedeploy.Hook{DeploymentID: "d-1", ExecutionID: "e-1"}
	for succeeded, status := range map[bool]string{true: "Succeeded", false: "Failed"} {
		cfg, sent := service(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"lifecycleEventHookExecutionId":"e-1"}`)
		})
		if err := codedeploy.NewDeployments(codedeploy.NewDeploymentsClient(cfg)).Report(t.Context(), hook, succeeded); err != nil {
			t.Error(err)
		}
		want := `POST / CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus ` +
			`{"deploymentId":"d-1","lifecycleEventHookExecutionId":"e-1","status":"` + status + `"}`
		if len(sent()) != 1 || sent()[0] != want {
			t.Errorf("sent %q, want %q", sent(), want)
		}
	}
}

func TestReportRefused(t *testing.T) {
	t.Parallel()
	cfg, _ := service(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type":"DeploymentDoesNotExistException"}`)
	})
	err := codedeploy.NewDeployments(codedeploy.NewDeploymentsClient(cfg)).Report(t.Context(), codedeploy.Hook{DeploymentID: "d-1", ExecutionID: "e-1"}, true)
	if err == nil || !strings.Contains(err.Error(), "DeploymentDoesNotExistException") {
		t.Error(err)
	}
}
