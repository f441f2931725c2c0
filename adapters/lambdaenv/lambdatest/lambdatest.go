// Package lambdatest runs the binaries of functions as AWS Lambda does: under a Runtime API, with nothing in
// their environment but what a test says.
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

// Build makes the binary of the package in the test's folder, as it is deployed, and returns its path.
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

// Invoke starts a binary, hands it one event and returns its response.
func Invoke(t *testing.T, bootstrap string, event []byte, environment ...string) []byte {
	t.Helper()
	return run(t, bootstrap, event, nil, environment).response
}

// result is what a binary did with one event.
type result struct {
	response []byte
	log      string // what it wrote to stdout and stderr
}

// run starts a binary, hands it one event and returns what it did. started is called, unless it is nil, when the binary
// asks for its first event, with what it has logged.
func run(t *testing.T, bootstrap string, event []byte, started func(log string), environment []string) result {
	t.Helper()
	var log buffer
	host, responses := runtimeAPI(t, event, func() {
		if started != nil {
			started(log.String())
		}
	})
	cmd := exec.Command(bootstrap)
	cmd.Env = append(environment, "AWS_LAMBDA_RUNTIME_API="+host)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case response := <-responses:
		_ = cmd.Process.Kill()
		<-ended
		return result{response, log.String()}
	case err := <-ended:
		t.Fatalf("the binary ended without a response: %v\n%s", err, log.String())
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

// runtimeAPI is Lambda's side of a function: it hands out one event, after started, and takes the response.
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

// StartError runs a binary that must not start, and returns what it says.
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

// UnusedServer is a server that nobody may connect to: it fails the test at its end if anybody did. It
// stands where a function's store would be, and proves that neither start-up nor a client asks for
// anything before it is needed.
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
