package simulation_test

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/domain"
)

// process is one invocation of a function. It runs until it calls a port, and continues when the world resumes it.
type process struct {
	world    *world
	id       string // of the request
	begun    time.Time
	deadline time.Time
	cancel   context.CancelFunc
	resume   func() (struct{}, bool)
	yield    func(struct{}) bool
	killed   bool
	onEnd    func() // called even if it is killed
}

type processKey struct{}

func processOf(ctx context.Context) *process { return ctx.Value(processKey{}).(*process) }

// start starts a process that runs body step by step, for at most limit.
func (w *world) start(name string, limit time.Duration, onEnd func(), body func(ctx context.Context)) {
	w.started++
	p := &process{
		world: w, id: fmt.Sprintf("%s-%d", name, w.started), begun: w.now(), deadline: w.now().Add(limit), onEnd: onEnd,
	}
	ctx, cancel := context.WithCancel(context.WithValue(w.ctx, processKey{}, p))
	p.cancel = cancel
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: p.id})
	p.resume, _ = iter.Pull(func(yield func(struct{}) bool) {
		p.yield = yield
		body(ctx)
	})
	w.running = append(w.running, p)
	w.log("%s begins", p.id)
}

// pause lets other processes continue. It fails if the process is killed, after which it has no effects.
func (p *process) pause() error {
	if !p.killed {
		p.yield(struct{}{})
	}
	if p.killed {
		return fmt.Errorf("%w: %s was killed", domain.ErrUnavailable, p.id)
	}
	return nil
}

// run resumes p until its next pause, or kills it. It reports whether p has ended.
func (p *process) run(kill bool) (ended bool) {
	if kill || p.world.now().After(p.deadline) {
		p.world.log("%s is killed", p.id)
		p.killed = true
		p.cancel()
	}
	if _, more := p.resume(); more {
		return false
	}
	p.cancel()
	p.onEnd()
	return true
}

// outcome is the outcome of a call to a store or a service.
type outcome int

const (
	succeeds outcome = iota
	fails            // without an effect
	losesResponse
	losesResponseAndRetries // as the SDK does
)

// call makes a call of the process of ctx. Other processes continue before it, and it may fail. Without retryable, a call
// is not retried after a lost response.
func call[T any](ctx context.Context, retryable bool, name string, f func() (T, error)) (v T, err error) {
	p := processOf(ctx)
	if err := p.pause(); err != nil {
		return v, err
	}
	switch p.world.chooseOutcome() {
	case fails:
		p.world.log("%s %s: fails", p.id, name)
		return v, fmt.Errorf("%s: %w", name, domain.ErrUnavailable)
	case losesResponse:
		_, err := f()
		p.world.log("%s %s: %v, response lost", p.id, name, err)
		return v, fmt.Errorf("%s: %w", name, domain.ErrUnavailable)
	case losesResponseAndRetries:
		if !retryable {
			break
		}
		_, err := f()
		p.world.log("%s %s: %v, response lost, retry", p.id, name, err)
		if err := p.pause(); err != nil {
			return v, err
		}
	}
	v, err = f()
	p.world.log("%s %s: %v", p.id, name, err)
	return v, err
}

// callErr is call for an f without a value.
func callErr(ctx context.Context, retryable bool, name string, f func() error) error {
	_, err := call(ctx, retryable, name, func() (struct{}, error) { return struct{}{}, f() })
	return err
}
