package functions_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	documentedAddress = "localhost:8080"
	blockTime         = 30 * time.Second
	eventTime         = 5 * time.Second // in which what a block shows has to come true
)

// notRun are the programs whose blocks are not run: they build, deploy, start what does not end, or change the clone.
var notRun = []string{"go", "sam", "make", "git", "gh", "aws", "cd", "cp", "docker", "open"}

// executed are the shell blocks of a page that are run; problems those of which it cannot be said.
func (p page) executed() (blocks []int, problems []string) {
	for i, b := range p.blocks {
		var run, skipped []string
		for _, c := range b.commands() {
			if words := c.program(); len(words) > 0 && words[0] != "echo" && !c.piped {
				if slices.Contains(notRun, words[0]) || strings.Contains(words[0], "/") {
					skipped = append(skipped, words[0])
				} else {
					run = append(run, words[0])
				}
			}
		}
		calls := b.shell() && slices.Contains(run, "curl") && strings.Contains(p.text, documentedAddress)
		switch {
		case b.language != "sh" && b.language != "bash":
			if calls {
				problems = append(problems, p.problem(b.line, "this block calls the API and is not run; begin it with ```sh"))
			}
		case len(run) > 0 && len(skipped) > 0:
			problems = append(problems, p.problem(b.line, "%s is not run by the test, %s is; give each a block of its own", skipped[0], run[0]))
		case len(skipped) == 0 && strings.Contains(p.text, documentedAddress):
			blocks = append(blocks, i)
		}
	}
	return blocks, problems
}

// runnable: of each shell block it is clear whether it is run.
func (d *documents) runnable(p page) []string {
	_, problems := p.executed()
	return problems
}

// bash runs the blocks of a page as a reader does, one after the other: what one sets, the next one has.
type bash struct {
	shell, curl string
	folder      string // empty, so that no block changes the clone
	address     string
}

// newBash skips the test where its tools are missing, which CI does not allow.
func newBash(t *testing.T, address string) bash {
	t.Helper()
	shell, noShell := exec.LookPath("bash")
	curl, noCurl := exec.LookPath("curl")
	if runtime.GOOS == "windows" || noShell != nil || noCurl != nil {
		const why = "shell blocks of documents are not run: they need bash and curl, on Linux or macOS"
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	b := bash{shell, curl, t.TempDir(), address}
	for name, text := range map[string]string{"bin/curl": curlWrapper, "state": "", "failed": ""} {
		file := filepath.Join(b.folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(b.folder, "work"), 0o700); err != nil {
		t.Fatal(err)
	}
	return b
}

// curlWrapper is curl, but that a response of 4xx or 5xx is a failure, which is noted: in a pipe, or in a substitution,
// the exit status would not be seen.
const curlWrapper = `#!/usr/bin/env bash
headers=$BLOCK_FOLDER/headers
: > "$headers"
"$BLOCK_CURL" --max-time 20 --silent --show-error "$@" --dump-header "$headers"
status=$?
bad=$(sed -n 's/^HTTP[^ ]* \([45][0-9][0-9]\).*/\1/p' "$headers")
if [ "$status" != 0 ] || [ -n "$bad" ]; then
  echo "curl $*: exit status $status, response ${bad:-none of 4xx or 5xx}" >> "$BLOCK_FOLDER/failed"
  exit 22
fi
`

const blockScript = `set -aeu -o pipefail
. "$BLOCK_FOLDER/state"
%s
export -p > "$BLOCK_FOLDER/state"
`

// run executes a block and returns what it prints, and what is wrong with it.
func (b bash) run(t *testing.T, text string) (stdout, wrong string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), blockTime)
	defer cancel()
	text = strings.ReplaceAll(text, documentedAddress, b.address)
	cmd := exec.CommandContext(ctx, b.shell, "--noprofile", "--norc", "-c", fmt.Sprintf(blockScript, text))
	cmd.Dir = filepath.Join(b.folder, "work")
	cmd.Env = append(os.Environ(), "BLOCK_FOLDER="+b.folder, "BLOCK_CURL="+b.curl, "BASH_ENV=", "no_proxy=localhost,127.0.0.1",
		"PATH="+filepath.Join(b.folder, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	cmd.WaitDelay = time.Second
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	failed, readErr := os.ReadFile(filepath.Join(b.folder, "failed"))
	if readErr != nil {
		t.Fatal(readErr)
	}
	if err := os.WriteFile(filepath.Join(b.folder, "failed"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	switch stdout = string(out); {
	case len(failed) > 0:
		return stdout, fmt.Sprintf("%s\n%s", strings.TrimSpace(string(failed)), out)
	case err != nil:
		return stdout, fmt.Sprintf("%v\n%s%s", err, stderr.String(), out)
	case strings.TrimSpace(stdout) == "" && strings.Contains(text, "curl"):
		return stdout, "it prints nothing; have it print what the reader should see, such as the status by curl -i"
	}
	return stdout, ""
}

// page runs the blocks of p, and compares their output with what p shows after them.
func (b bash) page(t *testing.T, p page) (problems []string) {
	t.Helper()
	blocks, _ := p.executed()
	for _, i := range blocks {
		block, shown := p.blocks[i], p.shownAfter(i)
		stdout, wrong := b.run(t, block.text)
		for end := time.Now().Add(eventTime); wrong == "" && missing(shown, stdout) != "" && block.reads() && time.Now().Before(end); {
			time.Sleep(50 * time.Millisecond) // an event is on its way
			stdout, wrong = b.run(t, block.text)
		}
		if gone := missing(shown, stdout); wrong == "" && gone != "" {
			wrong = fmt.Sprintf("the page shows %s, the block prints\n%s\nwrite ... for what may differ", gone, stdout)
		}
		if wrong != "" {
			problems = append(problems, p.problem(block.line, "this block fails: %s", wrong))
		}
	}
	return problems
}

// reads reports whether a block may be run again: it sends nothing.
func (b block) reads() bool {
	return !regexp.MustCompile(`\s(-X|-d|--data\S*|--request|-F|-T)\b|=\$\(`).MatchString(b.text)
}

// shownAfter is the output that a page shows: a block of json or text after the i-th, with at most one line that ends
// in a colon between them.
func (p page) shownAfter(i int) string {
	if i+1 == len(p.blocks) || !slices.Contains([]string{"json", "text"}, p.blocks[i+1].language) {
		return ""
	}
	between := strings.TrimSpace(strings.Join(strings.Split(p.text, "\n")[p.blocks[i].end:p.blocks[i+1].line-1], "\n"))
	if between != "" && (strings.Contains(between, "\n") || !strings.HasSuffix(between, ":")) {
		return ""
	}
	return p.blocks[i+1].text
}

var space = regexp.MustCompile(`\s+`)

// missing is the first piece of what is shown that does not occur in the output, in order. White space does not count,
// and three dots stand for anything.
func missing(shown, output string) string {
	output = space.ReplaceAllString(output, "")
	for _, line := range strings.Split(strings.ReplaceAll(shown, "…", "..."), "\n") {
		for _, piece := range strings.Split(line, "...") {
			fixed := space.ReplaceAllString(piece, "")
			at := strings.Index(output, fixed)
			if at < 0 {
				return fmt.Sprintf("%q", strings.TrimSpace(piece))
			}
			output = output[at+len(fixed):]
		}
	}
	return ""
}
