package functions_test

import (
	"bufio"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// TestShellBlocks runs what the pages tell people to type against the local runner in memory, each page against one of its
// own: every block ends well, every response is 2xx or 3xx, and what is shown comes out.
func TestShellBlocks(t *testing.T) {
	t.Parallel()
	newBash(t, "") // or skip before building
	d, binary := loadDocuments(t), buildRunner(t)
	if blocks, _ := d.pages["README.md"].executed(); len(blocks) == 0 {
		t.Error("README.md has no block of ```sh that calls the local runner at " + documentedAddress)
	}
	for _, name := range slices.Sorted(maps.Keys(d.pages)) {
		p := d.pages[name]
		if blocks, _ := p.executed(); len(blocks) > 0 {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				for _, problem := range newBash(t, startRunner(t, binary)).page(t, p) {
					t.Error(problem)
				}
			})
		}
	}
}

// buildRunner leaves the compiling to Go's cache.
func buildRunner(t *testing.T) string {
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

// startRunner starts the local runner on a free port until the test ends, and returns its host and port.
func startRunner(t *testing.T, binary string) string {
	t.Helper()
	cmd := exec.Command(binary, "-addr", "localhost:0")
	cmd.Dir = t.TempDir() // without an .env
	// The defaults, whatever this shell has.
	cmd.Env = append(os.Environ(), "LOG_LEVEL=", "ALLOWED_ORIGIN=", "USERS_TABLE=", "OPEN_SEARCH_INDEX=")
	var log strings.Builder
	cmd.Stderr = &log
	screen, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(screen)
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		for lines.Scan() { // Wait may only be called when all is read
		}
		_ = cmd.Wait() // killed
		for line := range strings.Lines(log.String()) {
			if t.Failed() && !strings.Contains(line, `"level":"INFO"`) {
				t.Log("the runner: ", line)
			}
		}
	})
	listening := regexp.MustCompile(`^Listening on http://([^\s,]+)`)
	for lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			return m[1]
		}
	}
	t.Fatal("the runner does not say where it listens")
	return ""
}
