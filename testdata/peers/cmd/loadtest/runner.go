package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"rental.example/testdata/peers/lab"
)

// runner is a process of the local runner.
type runner struct {
	cmd     *exec.Cmd
	folder  string // of its binary
	address string // http://localhost:port
	client  *http.Client
}

var listening = regexp.MustCompile(`^Listening on (http:[^,]*),`)

// start builds the runner and starts it on a port that is free. Its log is dropped.
func start(ctx context.Context) (r *runner, err error) {
	root, err := lab.Root(ctx, "rental.example")
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "loadtest")
	if err != nil {
		return nil, err
	}
	r = &runner{folder: folder, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	defer func() {
		if err != nil {
			r.stop()
		}
	}()
	binary := filepath.Join(folder, "local")
	if err := lab.Build(ctx, root, "./functions/local", binary); err != nil {
		return nil, err
	}
	r.cmd = exec.CommandContext(ctx, binary, "-addr", "localhost:0")
	screen, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(screen); lines.Scan(); {
		if m := listening.FindSubmatch(lines.Bytes()); m != nil {
			r.address = string(m[1])
			go func() { _, _ = io.Copy(io.Discard, screen) }() // until the process ends
			return r, nil
		}
	}
	return nil, errors.New("the runner does not say where it listens")
}

func (r *runner) stop() {
	if r.cmd != nil && r.cmd.Process != nil {
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait()
	}
	_ = os.RemoveAll(r.folder)
}

// signIn gets the ID token of a demo user.
func (r *runner) signIn(ctx context.Context, email string) (string, error) {
	body := fmt.Sprintf(`{"AuthParameters":{"USERNAME":%q,"PASSWORD":"Passw0rd!"},"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"localclient"}`, email)
	var out struct{ AuthenticationResult struct{ IdToken string } }
	err := r.call(ctx, request{method: "POST", path: "/", body: body, headers: map[string]string{
		"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
	}}, &out)
	return out.AuthenticationResult.IdToken, err
}

// backlog is what GET /_local/queues tells of events that are on their way.
type backlog struct {
	Queues    []struct{ Visible, InFlight, Delayed int }
	Functions []struct{ Waiting int }
}

func (b backlog) messages() (n int) {
	for _, q := range b.Queues {
		n += q.Visible + q.InFlight + q.Delayed
	}
	for _, f := range b.Functions {
		n += f.Waiting
	}
	return n
}

// settle waits until no event is on its way, for half a minute at most.
func (r *runner) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		var b backlog
		if err := r.call(ctx, request{method: "GET", path: "/_local/queues"}, &b); err != nil {
			return err
		}
		if b.messages() == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d events are still on their way: %w", b.messages(), ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// request is what a client sends.
type request struct {
	method, path, body string
	headers            map[string]string
}

// call sends a request, and fails unless it succeeds. The answer is decoded into a value, or dropped.
func (r *runner) call(ctx context.Context, q request, into any) error {
	req, err := http.NewRequestWithContext(ctx, q.method, r.address+q.path, bytes.NewReader([]byte(q.body)))
	if err != nil {
		return err
	}
	for name, value := range q.headers {
		req.Header.Set(name, value)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s is answered with %s: %s", q.method, q.path, resp.Status, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}
