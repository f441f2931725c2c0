package main_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
)

// build makes the binary as it is deployed.
func build(t *testing.T) string {
	t.Helper()
	bootstrap := filepath.Join(t.TempDir(), "bootstrap")
	cmd := exec.Command("go", "build", "-tags=lambda.norpc", "-o", bootstrap, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bootstrap
}

// runtimeAPI is Lambda's side of a function: it hands out one event and takes the answer.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
func runtimeAPI(t *testing.T, event []byte) (host string, answers <-chan []byte) {
	t.Helper()
	got, handedOut := make(chan []byte, 1), atomic.Bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			got <- body
			w.WriteHeader(http.StatusAccepted)
			return
		}
		if handedOut.Swap(true) {
			<-r.Context().Done() // no more events
			return
		}
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "invocation-1")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", "4102444800000") // in 2100
		_, _ = w.Write(event)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), got
}

// TestBinary runs the deployed binary under a Runtime API. An answer that needs no store makes no
// connection: neither start-up nor the SDK's client asks anybody anything.
func TestBinary(t *testing.T) {
	t.Parallel()
	var event []byte
	for _, c := range apigatewaytest.Cases(t, "../../..", "users") {
		if c.Name == "save-every-problem" {
			event = c.Event
		}
	}
	host, answers := runtimeAPI(t, event)
	var connections atomic.Int32
	store := httptest.NewUnstartedServer(http.NotFoundHandler())
	store.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	store.Start()
	t.Cleanup(store.Close)

	var log bytes.Buffer
	cmd := exec.Command(build(t))
	cmd.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + host, "AWS_ENDPOINT_URL=" + store.URL, "AWS_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=SECRET", "USERS_TABLE=users", "ALLOWED_ORIGIN=https://app.example.com"}
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	got := apigatewaytest.Parse(t, <-answers)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if got.StatusCode != http.StatusUnprocessableEntity || got.Headers["Access-Control-Allow-Origin"] != "https://app.example.com" {
		t.Errorf("answer: %+v\n%s", got, log.String())
	}
	if n := connections.Load(); n != 0 {
		t.Errorf("%d connections to the store, want none", n)
	}
}

func TestMissingVariables(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(build(t))
	cmd.Env = []string{"USERS_TABLE=", "LOG_LEVEL=LOUD"}
	out, err := cmd.CombinedOutput()
	want := "configuration: missing environment variables: USERS_TABLE, ALLOWED_ORIGIN, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY; " +
		"unusable environment variables: LOG_LEVEL must be DEBUG, INFO, WARN or ERROR\n"
	if err == nil || string(out) != want {
		t.Errorf("%v\n got %s\nwant %s", err, out, want)
	}
}
