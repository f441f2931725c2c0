// Package localtest runs the local runner for tests, as a process of its own.
package localtest

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/samtest"
)

// stopTime is how long the runner may take to end: more than a request in flight may.
const stopTime = 20 * time.Second

// Build compiles the runner, which it leaves to Go's cache, and returns the path of the binary.
func Build(t testing.TB) string {
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

// Start starts a binary of Build on a free port, and ends it with the test, as by Ctrl-C. It returns host and port. What
// the runner logs is in log once it has ended; its warnings are shown where the test failed. env is added to this
// process' environment, of which nothing else decides what the runner does.
func Start(t testing.TB, binary string, log *bytes.Buffer, env []string, args ...string) (address string) {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"-addr", "localhost:0"}, args...)...)
	cmd.Dir = t.TempDir() // without an .env
	cmd.Env = append(os.Environ(), "LOG_LEVEL=", "ALLOWED_ORIGIN=", "USERS_TABLE=", "OPEN_SEARCH_INDEX=")
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = log
	screen, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(screen)
	t.Cleanup(func() { stop(t, cmd, lines, log) })
	listening := regexp.MustCompile(`^Listening on http://([^\s,]+)`)
	for lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			return m[1]
		}
	}
	t.Fatal("the runner does not say where it listens")
	return ""
}

// stop is Ctrl-C. The runner has to end by itself.
func stop(t testing.TB, runner *exec.Cmd, lines *bufio.Scanner, log *bytes.Buffer) {
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
