// Package lambdatest runs the binaries of functions as AWS Lambda does: with a Runtime API, and only the environment
// variables of the test.
package lambdatest

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
	"sync"
	"sync/atomic"
	"testing"
)

// Build builds the package in the test's directory as it is deployed, and returns the path of the binary.
func Build(t *testing.T) string {
	t.Helper()
	bootstrap := filepath.Join(t.TempDir(), "bootstrap")
	cmd := exec.Command("go", "build", "-tags=lambda.norpc", "-o", bootstrap, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bootstrap
}

// Invoke starts a binary and returns its response to one event.
func Invoke(t *testing.T, bootstrap string, event []byte, variables Variables) []byte {
	t.Helper()
	return run(t, bootstrap, event, nil, variables).response
}

// result is the response and the output of a binary.
type result struct {
	response []byte
	log      string // stdout and stderr
}

// run starts a binary and sends it one event. Unless started is nil, it is called with the output so far when the binary
// requests its first event.
func run(t *testing.T, bootstrap string, event []byte, started func(log string), variables Variables) result {
	t.Helper()
	var log buffer
	host, responses := runtimeAPI(t, event, func() {
		if started != nil {
			started(log.String())
		}
	})
	cmd := exec.Command(bootstrap)
	cmd.Env = append(variables.List(), "AWS_LAMBDA_RUNTIME_API="+host)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	select {
	case response := <-responses:
		_ = cmd.Process.Kill()
		<-exited
		return result{response, log.String()}
	case err := <-exited:
		t.Fatalf("the binary exited without a response: %v\n%s", err, log.String())
		return result{}
	}
}

// buffer is a bytes.Buffer that may be read while a process writes to it.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String returns what was written.
func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// runtimeAPI starts a Runtime API that calls started, returns one event and receives the response.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
func runtimeAPI(t *testing.T, event []byte, started func()) (host string, responses <-chan []byte) {
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
		started()
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "invocation-1")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", "4102444800000") // in 2100
		_, _ = w.Write(event)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), got
}

// StartError runs a binary that must fail to start, and returns its output.
func StartError(t *testing.T, bootstrap string, environment ...string) string {
	t.Helper()
	cmd := exec.Command(bootstrap)
	cmd.Env = environment
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("it started: %s", out)
	}
	return string(out)
}

// UnusedServer starts a server that fails the test if anything connects to it. As the endpoint of a store it proves that
// start-up makes no request.
func UnusedServer(t *testing.T) (url string) {
	t.Helper()
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if n := connections.Load(); n > 0 {
			t.Errorf("%d connections to the store, want none", n)
		}
	})
	return server.URL
}
