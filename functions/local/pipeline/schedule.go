package pipeline

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"rental.example/functions/local/sandbox"
	"rental.example/functions/local/template"
)

// scheduler invokes a function at the times of a schedule. Its clock shows the real time when it starts, and is as many
// times faster as the Speed of the Config: with 60, rate(1 hour) is every minute, and what cron expects in six hours comes
// after six minutes. A rate begins with one interval of waiting. While it is disabled, its times pass without an event.
type scheduler struct {
	template.Schedule
	config  Config
	invoke  invoker
	state   *mappingState
	retries int // of an event on which the function fails
}

func (p *Pipeline) newScheduler(s template.Schedule) *scheduler {
	c := &scheduler{Schedule: s, config: p.config, invoke: p.invoker(s.Function), state: newMappingState(s.Enabled)}
	for _, f := range p.template.Functions {
		if f.Name == s.Function {
			c.retries = f.Retries
		}
	}
	return c
}

func (s *scheduler) mapping() Mapping { return Mapping{Function: s.Function, Source: s.Name} }

func (s *scheduler) mappingState() *mappingState { return s.state }

func (s *scheduler) run(ctx context.Context) {
	var events sync.WaitGroup
	defer events.Wait()
	start := time.Now()
	for at := s.Times.Next(start); !at.IsZero(); at = s.Times.Next(at) {
		if !sleep(ctx, s.config.shorter(at.Sub(start))-time.Since(start)) {
			return
		}
		s.state.ifEnabled(func() { events.Go(func() { s.fire(ctx, at) }) })
	}
}

// retryBackoffs are the waiting times before the retries of an asynchronous invocation.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
var retryBackoffs = []time.Duration{time.Minute, 2 * time.Minute}

// fire invokes the function with the event of a time, again while it fails.
func (s *scheduler) fire(ctx context.Context, at time.Time) {
	event := s.event(at)
	for n := 0; ; n++ {
		if _, err := s.invoke(ctx, event); err == nil || n >= min(s.retries, len(retryBackoffs)) {
			return
		}
		if !sleep(ctx, s.config.shorter(retryBackoffs[n])) {
			return
		}
	}
}

// event returns the input of the schedule, or the event of the service.
// https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
func (s *scheduler) event(at time.Time) []byte {
	if s.Input != "" {
		return []byte(s.Input)
	}
	data, _ := json.Marshal(map[string]any{ // strings always encode
		"version": "0", "id": s.config.NewID(), "detail-type": "Scheduled Event", "source": s.Source,
		"account": sandbox.AccountID, "region": sandbox.Region, "time": at.UTC().Format(time.RFC3339),
		"resources": []string{template.ARN("events", "rule/"+s.Name)}, "detail": map[string]any{},
	})
	return data
}
