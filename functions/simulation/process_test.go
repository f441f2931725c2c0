package simulation_test

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/domain"
)

// process is one invocation of a function. It runs until it calls a port, and goes on when the world says so.
type process struct {
	world  *world
	name   string
	number int    // among all that were started
	id     string // of the request
	begun  time.Time
	end    time.Time // when its time is up
	cancel context.CancelFunc
	resume func() (struct{}, bool)
	pause  func(struct{}) bool
	killed bool
	ended  func() // whether killed or not
}

type processKey struct{}

func processOf(ctx context.Context) *process { return ctx.Value(processKey{}).(*process) }

// start has body run, in steps, for at most limit. ended is called at its end, however that comes.
func (w *world) start(name string, limit time.Duration, ended func(), body func(ctx context.Context)) {
	w.started++
	p := &process{
		world: w, name: name, number: w.started, id: fmt.Sprintf("%s-%d", name, w.started), begun: w.now(), end: w.now().Add(limit), ended: ended,
	}
	ctx, cancel := context.WithCancel(context.WithValue(w.ctx, processKey{}, p))
	p.cancel = cancel
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: p.id})
	p.resume, _ = iter.Pull(func(pause func(struct{}) bool) {
		p.pause = pause
		body(ctx)
	})
	w.running = append(w.running, p)
	w.log("%s begins", p.id)
}

// step lets others go on. It fails when the process is killed meanwhile; from then on, nothing that it does
// has an effect.
func (p *process) step() error {
	if !p.killed {
		p.pause(struct{}{})
	}
	if p.killed {
		return fmt.Errorf("%w: %s was killed", domain.ErrUnavailable, p.id)
	}
	return nil
}

// run has p go on to its next step; kill ends it instead. over is whether it has come to its end.
func (p *process) run(kill bool) (over bool) {
	if kill || p.world.now().After(p.end) {
		p.world.log("%s is killed", p.id)
		p.killed = true
		p.cancel()
	}
	if _, more := p.resume(); more {
		return false
	}
	p.cancel()
	p.ended()
	return true
}

// What becomes of a request to a store or a service, beside being answered.
const (
	answered   = iota
	refused    // it has no effect
	unanswered // it has its effect, and the caller does not get to know
	repeated   // the same, and the SDK sends it again
)

// call is one request of the process of ctx: others go on before it, and it may go wrong. Where repeat is
// false, a request whose answer got lost is not sent again.
func call[T any](ctx context.Context, repeat bool, what string, f func() (T, error)) (v T, err error) {
	p := processOf(ctx)
	if err := p.step(); err != nil {
		return v, err
	}
	switch p.world.fate() {
	case refused:
		p.world.log("%s %s: refused", p.id, what)
		return v, fmt.Errorf("%s: %w", what, domain.ErrUnavailable)
	case unanswered:
		_, err := f()
		p.world.log("%s %s: %v, unanswered", p.id, what, err)
		return v, fmt.Errorf("%s: %w", what, domain.ErrUnavailable)
	case repeated:
		if !repeat {
			break
		}
		_, err := f()
		p.world.log("%s %s: %v, its answer lost", p.id, what, err)
		if err := p.step(); err != nil {
			return v, err
		}
	}
	v, err = f()
	p.world.log("%s %s: %v", p.id, what, err)
	return v, err
}
