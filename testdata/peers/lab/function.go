package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Function is a binary and the environment that Lambda gives it.
type Function struct {
	Binary      string
	Environment []string
}

// Usage is what one process of a function has used.
type Usage struct {
	Start      time.Duration // CPU from the start of the process until it asks for its first event
	Invocation time.Duration // CPU of one invocation, on average, with all connections made
	Peak       int64         // bytes resident at most, over all invocations
	Answer     []byte        // to the last event
}

// Run starts a process of the function, sends it warm events that are not measured and measured ones that
// are, at least one of each, and ends it.
func (f Function) Run(ctx context.Context, event []byte, warm, measured int) (Usage, error) {
	var (
		usage  Usage
		cmd    = exec.CommandContext(ctx, f.Binary)
		before time.Duration
	)
	api := newRuntimeAPI(event, warm+measured)
	api.asked = func(answered int) (err error) {
		switch answered {
		case 0:
			usage.Start, err = CPU(cmd.Process.Pid)
		case warm:
			before, err = CPU(cmd.Process.Pid)
		case api.total:
			after, failed := CPU(cmd.Process.Pid)
			usage.Invocation = (after - before) / time.Duration(measured)
			usage.Peak, err = PeakMemory(cmd.Process.Pid)
			err = errors.Join(failed, err)
		}
		return err
	}
	answer, err := f.serve(ctx, cmd, api)
	usage.Answer = answer
	return usage, err
}

// serve starts cmd, has it answer the events of api, and ends it. It returns the last answer.
func (f Function) serve(ctx context.Context, cmd *exec.Cmd, api *runtimeAPI) ([]byte, error) {
	var output head
	server := httptest.NewServer(api)
	defer server.Close()
	cmd.Env = append(f.Environment[:len(f.Environment):len(f.Environment)], "AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(server.URL, "http://"))
	cmd.Stdout, cmd.Stderr = &output, &output // through a pipe, as on Lambda
	api.began = time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	close(api.started)
	if err := finish(ctx, cmd, api.finished); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", f.Binary, err, output.String())
	}
	api.mu.Lock()
	defer api.mu.Unlock()
	return api.answer, nil
}

// finish waits until the function has answered all events, or ended before that, and ends it.
func finish(ctx context.Context, cmd *exec.Cmd, finished <-chan error) error {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-finished:
		killed := cmd.Process.Kill()
		<-ended
		return errors.Join(err, killed)
	case err := <-ended:
		return errors.Join(errors.New("the function ends before it has answered"), err, ctx.Err())
	}
}

// head keeps the first of what is written to it.
type head struct {
	mu   sync.Mutex
	kept bytes.Buffer
}

// Write implements io.Writer.
func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if room := 4096 - h.kept.Len(); room > 0 {
		h.kept.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// String is what was kept.
func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.kept.String()
}
