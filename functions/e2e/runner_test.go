package e2e_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/samtest"
)

// origin is set for the runner, so that it is not the one that it would take by itself.
const origin = "https://app.example.com"

// stopTime is how long the runner may take to end: more than a request in flight may.
const stopTime = 20 * time.Second

// start builds the local runner, starts it as a process of its own on a free port, and ends it with the test.
func start(t *testing.T, env []string, args ...string) *target {
	t.Helper()
	runner := exec.Command(build(t), append([]string{"-addr", "localhost:0"}, args...)...)
	runner.Dir = t.TempDir() // without an .env
	runner.Env = append(os.Environ(), "LOG_LEVEL=INFO", "USERS_TABLE=users", "OPEN_SEARCH_INDEX=items", "ALLOWED_ORIGIN="+origin)
	runner.Env = append(runner.Env, env...) // nothing of this shell decides what the suite sees
	log := new(bytes.Buffer)
	runner.Stderr = log
	screen, err := runner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(screen)
	told := &secrets{fields: apigatewaytest.FieldWords(t, samtest.Root(t))}
	t.Cleanup(func() {
		stop(t, runner, lines, log)
		told.check(t, log.String())
	})
	url := listening(t, lines)
	return &target{
		name: "local", api: url, cognito: url, clientID: "localclient", poolID: "us-east-1_local", origin: origin, deadline: 5 * time.Second,
		renter: "renter@example.com", rentee: "rentee@example.com", admin: "admin@example.com", password: "Passw0rd!",
		http: newHTTPClient(told),
	}
}

// build leaves the compiling to Go's cache.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "local")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	cmd := exec.Command("go", "build", "-o", binary, "./functions/local")
	cmd.Dir = samtest.Root(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// listening is the URL that the runner prints when it is ready.
func listening(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	says := regexp.MustCompile(`^Listening on (http://\S+),`)
	for lines.Scan() {
		if m := says.FindStringSubmatch(lines.Text()); m != nil {
			return m[1]
		}
	}
	t.Fatal("the runner does not say where it listens")
	return ""
}

// stop is Ctrl-C. The runner has to end by itself; what it warned of is shown where something failed.
func stop(t *testing.T, runner *exec.Cmd, lines *bufio.Scanner, log fmt.Stringer) {
	t.Helper()
	if err := runner.Process.Signal(os.Interrupt); err != nil {
		_ = runner.Process.Kill() // Windows has no such signal
	}
	late := time.AfterFunc(stopTime, func() { _ = runner.Process.Kill() })
	defer late.Stop()
	for lines.Scan() { // Wait may only be called when all is read
	}
	if err := runner.Wait(); err != nil && runtime.GOOS != "windows" {
		t.Errorf("the runner did not end by itself: %v", err)
	}
	for line := range strings.Lines(log.String()) {
		if t.Failed() && !strings.Contains(line, `"level":"INFO"`) {
			t.Log("the runner: ", line)
		}
	}
}
