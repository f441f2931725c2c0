package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
	"rental.example/functions/local/template"
)

// asRunner is the variable with which the test binary runs main.
const asRunner = "RUN_THE_LOCAL_RUNNER"

func TestMain(m *testing.M) {
	if os.Getenv(asRunner) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is the runner in its own process.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr io.ReadCloser
	address        string
}

// startProcess starts the runner, and kills it at the end of the test.
func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(binary, append([]string{"-template", filepath.Join(samtest.Root(t), template.FileName)}, args...)...)}
	p.cmd.Dir, p.cmd.Env = t.TempDir(), append(os.Environ(), asRunner+"=1",
		"LOG_LEVEL=DEBUG", "ALLOWED_ORIGIN=", "USERS_TABLE=", "OPEN_SEARCH_INDEX=") // DEBUG logs each request
	var errs [3]error
	p.stdout, errs[0] = p.cmd.StdoutPipe()
	p.stderr, errs[1] = p.cmd.StderrPipe()
	errs[2] = p.cmd.Start()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // it may have ended
	line, err := bufio.NewReader(p.stdout).ReadString('\n')
	m := regexp.MustCompile(`^Listening on http://(\S+),`).FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("the runner prints no address: %v\n%s", err, line)
	}
	p.address = m[1]
	return p
}

// pendingPost is a POST of a profile whose headers were read and whose body was not sent.
type pendingPost struct {
	conn      net.Conn
	responses *bufio.Reader
}

func beginPost(t *testing.T, address, token string) pendingPost {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "POST /user HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		address, token, len(john))
	p := pendingPost{conn, bufio.NewReader(conn)}
	if line, err := p.responses.ReadString('\n'); err != nil || !strings.Contains(line, "100") { // the runner waits for the body
		t.Fatalf("%q, %v", line, err)
	}
	_, _ = p.responses.ReadString('\n')
	return p
}

func (p pendingPost) finish(t *testing.T) *http.Response {
	t.Helper()
	fmt.Fprint(p.conn, john)
	resp, err := http.ReadResponse(p.responses, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}
