package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// asRunner has the binary of the tests be the runner.
const asRunner = "RUN_THE_LOCAL_RUNNER"

func TestMain(m *testing.M) {
	if os.Getenv(asRunner) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is the runner in a process of its own.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr io.ReadCloser
	address        string
}

// startProcess starts it, and kills it with the test if it has not ended by then.
func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(binary, args...)}
	p.cmd.Dir, p.cmd.Env = t.TempDir(), append(os.Environ(), asRunner+"=1",
		"LOG_LEVEL=DEBUG", "ALLOWED_ORIGIN=", "USERS_TABLE=", "OPEN_SEARCH_INDEX=") // it logs each request
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
		t.Fatalf("it does not say where it listens: %v\n%s", err, line)
	}
	p.address = m[1]
	return p
}

// halfPost is a POST of a profile whose headers have been read, and whose body has not been sent.
type halfPost struct {
	conn    net.Conn
	answers *bufio.Reader
}

func beginPost(t *testing.T, address, token string) halfPost {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "POST /user HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		address, token, len(john))
	h := halfPost{conn, bufio.NewReader(conn)}
	if line, err := h.answers.ReadString('\n'); err != nil || !strings.Contains(line, "100") { // the runner waits for the body
		t.Fatalf("%q, %v", line, err)
	}
	_, _ = h.answers.ReadString('\n')
	return h
}

func (h halfPost) finish(t *testing.T) *http.Response {
	t.Helper()
	fmt.Fprint(h.conn, john)
	resp, err := http.ReadResponse(h.answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}
