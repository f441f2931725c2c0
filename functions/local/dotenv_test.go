package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/samtest"
)

// names are those that the tests read.
var names = []string{"ALLOWED_ORIGIN", "LOG_LEVEL", "OPEN_SEARCH_INDEX", "USERS_TABLE"}

// dotEnv reads a file with that text.
func dotEnv(t *testing.T, text string) (map[string]string, []string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return readDotEnv(path, names)
}

func TestDotEnv(t *testing.T) {
	t.Parallel()
	origin := func(value string) map[string]string { return map[string]string{"ALLOWED_ORIGIN": value} }
	for text, want := range map[string]map[string]string{
		"":                       {},
		"# a comment\n\n  # too": {},
		"ALLOWED_ORIGIN = \"http://localhost:5173\"\nLOG_LEVEL='WARN'\n": {"ALLOWED_ORIGIN": "http://localhost:5173", "LOG_LEVEL": "WARN"},
		"export ALLOWED_ORIGIN=a":                            origin("a"),
		"\texport  ALLOWED_ORIGIN=a=b\r\n":                   origin("a=b"),
		"ALLOWED_ORIGIN=a # for now":                         origin("a"),
		"ALLOWED_ORIGIN=a#b":                                 origin("a#b"),
		"ALLOWED_ORIGIN= # none":                             origin(""),
		"ALLOWED_ORIGIN='a # b' # c":                         origin("a # b"),
		"ALLOWED_ORIGIN='$a'":                                origin("$a"),
		"ALLOWED_ORIGIN=a\nALLOWED_ORIGIN=b":                 origin("b"),
		"\ufeffALLOWED_ORIGIN=a":                             origin("a"),
		"USERS_TABLE=" + strings.Repeat("x", 100_000):        {"USERS_TABLE": strings.Repeat("x", 100_000)},
		"LOG_LEVEL=" + strings.Repeat(" ", 70_000) + "DEBUG": {"LOG_LEVEL": "DEBUG"},
	} {
		got, warnings, err := dotEnv(t, text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil || warnings != nil {
			t.Errorf("%.60q: %v, %q (-want +got):\n%s", text, err, warnings, diff)
		}
	}
	if got, warnings, err := readDotEnv(filepath.Join(t.TempDir(), ".env"), names); err != nil || got != nil || warnings != nil {
		t.Errorf("without a file: %v, %v, %v", got, warnings, err)
	}
}

// TestDotEnvErrors: an error has the line and what to write.
func TestDotEnvErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"\nALLOWED_ORIGIN\n":                 ".env:2: want NAME=value, such as LOG_LEVEL=DEBUG",
		"=x":                                 ".env:1: want NAME=value",
		"export ALLOWED_ORIGIN":              ".env:1: want NAME=value",
		"set LOG_LEVEL=DEBUG":                ".env:1: want NAME=value",
		"$env:LOG_LEVEL=DEBUG":               ".env:1: want NAME=value",
		"LOG_LEVEL: DEBUG":                   ".env:1: want NAME=value",
		"LOG-LEVEL=DEBUG":                    ".env:1: want NAME=value",
		"LOG_LEVEL=\"DEBUG":                  `.env:1: LOG_LEVEL: want one quote at either end`,
		"LOG_LEVEL='DEBUG'x":                 `.env:1: LOG_LEVEL: want one quote at either end`,
		"LOG_LEVEL=${LEVEL:-DEBUG}":          ".env:1: LOG_LEVEL: variables are not replaced here",
		"L\x00O\x00":                         ".env is not in UTF-8",
		"\xff\xfeL\x00":                      ".env is not in UTF-8",
		strings.Repeat("#\n", maxDotEnv):     ".env has 2097152 bytes",
		strings.Repeat("x", 1<<17) + "\nA=1": ".env:1: want NAME=value",
	} {
		if _, _, err := dotEnv(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %s", text, err, want)
		}
	}
	_, warnings, err := dotEnv(t, "LOG_LEVEL=INFO\nALOWED_ORIGIN=http://localhost:5173\nPASSWORD=$x")
	want := ".env:2: ALOWED_ORIGIN is not read here; the names are ALLOWED_ORIGIN, LOG_LEVEL, OPEN_SEARCH_INDEX, USERS_TABLE"
	if err != nil || len(warnings) != 2 || !strings.HasSuffix(warnings[0], want) {
		t.Errorf("%v, %q", err, warnings)
	}
	if _, _, err := readDotEnv(t.TempDir(), names); err == nil || !strings.Contains(err.Error(), " is not a regular file") {
		t.Errorf("a directory: %v", err)
	}
}

// TestDotEnvPipe: a pipe without a writer is an error, and is not opened, which would block.
func TestDotEnvPipe(t *testing.T) {
	t.Parallel()
	mkfifo, err := exec.LookPath("mkfifo")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("no named pipes here")
	}
	path := filepath.Join(t.TempDir(), ".env")
	if out, err := exec.Command(mkfifo, path).CombinedOutput(); err != nil {
		t.Fatalf("mkfifo: %v\n%s", err, out)
	}
	if _, _, err := readDotEnv(path, names); err == nil || !strings.Contains(err.Error(), " is not a regular file (p---------)") {
		t.Errorf("got %v", err)
	}
}

// TestEnvExample: .env.example has all variables that can be set, with their defaults.
func TestEnvExample(t *testing.T) {
	t.Parallel()
	want := map[string]string{}
	for name, v := range parsed(t).template.Variables() {
		want[name] = v.Value
	}
	text := samtest.ReadFile(t, ".env.example")
	got := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^([A-Z_]+)=(.*)$`).FindAllStringSubmatch(text, -1) {
		got[m[1]] = m[2]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf(".env.example differs from what template.yaml gives the functions (-template +.env.example):\n%s", diff)
	}
}
