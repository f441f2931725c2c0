// Package localtest starts the local runner in a process of its own, for tests.
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

// stopTimeout is how long the runner may take to end: more than a request in flight.
const stopTimeout = 20 * time.Second

// Build compiles the runner and returns the path of the binary.
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

// Start starts a binary of Build on a free port, and interrupts it at the end of the test. It returns host and port. The
// log is complete after that; its warnings are printed if the test fails. env is added to this process's environment,
// without the variables that the runner reads.
func Start(t testing.TB, binary string, log *bytes.Buffer, env []string, args ...string) (address string) {
	t.Helper()
	template := filepath.Join(samtest.Root(t), "template.yaml")
	cmd := exec.Command(binary, append([]string{"-addr", "localhost:0", "-template", template}, args...)...)
	cmd.Dir = t.TempDir() // without an .env
	cmd.Env = append(os.Environ(), "LOG_LEVEL=", "ALLOWED_ORIGIN=", "USERS_TABLE=", "OPEN_SEARCH_INDEX=", "OPEN_SEARCH_SHARDS=")
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	t.Cleanup(func() { stop(t, cmd, lines, log) })
	listening := regexp.MustCompile(`^Listening on http://([^\s,]+)`)
	for lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			return m[1]
		}
	}
	t.Fatal("the runner prints no address")
	return ""
}

// stop interrupts the runner, which must exit without being killed.
func stop(t testing.TB, runner *exec.Cmd, lines *bufio.Scanner, log *bytes.Buffer) {
	t.Helper()
	if err := runner.Process.Signal(os.Interrupt); err != nil {
		_ = runner.Process.Kill() // Windows has no such signal
	}
	timer := time.AfterFunc(stopTimeout, func() { _ = runner.Process.Kill() })
	defer timer.Stop()
	for lines.Scan() { // Wait must follow the last read
	}
	if err := runner.Wait(); err != nil && runtime.GOOS != "windows" {
		t.Errorf("the runner failed: %v", err)
	}
	for line := range strings.Lines(log.String()) {
		if t.Failed() && !strings.Contains(line, `"level":"INFO"`) {
			t.Log("the runner: ", line)
		}
	}
}
