// Package storecalls counts the calls that an invocation sends to stores and other services, and measures how long it
// waits for them, so that the log line of a slow request names what was slow.
//
// An adapter of a handler calls NewContext first and logs Attr last. The client of each store sends its requests through
// a Transport, which finds the invocation in the request's context.
package storecalls

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Store identifies a store or another service that functions call.
type Store uint8

// The stores, in the order in which Attr lists them.
const (
	DynamoDB Store = iota
	OpenSearch
	SNS
	SQS
	stores // the number of stores
)

// String returns the name in the log.
func (s Store) String() string {
	return [stores]string{"dynamodb", "opensearch", "sns", "sqs"}[s]
}

// invocation is a context that counts the calls made with it. Context and counters are one allocation.
type invocation struct {
	context.Context
	mu      sync.Mutex
	tallies [stores]tally
}

// tally counts the calls of one store. Times are since epoch.
type tally struct {
	calls, inFlight int32
	busySince       time.Duration // when inFlight left zero
	waited          time.Duration // with inFlight above zero, up to the last time it became zero
}

// epoch is the start of all times here: a time.Duration is a third of the size of a time.Time.
var epoch = time.Now()

// key is the context key of the invocation.
type key struct{}

// NewContext returns a context that counts the calls made with it, separately from those of ctx.
func NewContext(ctx context.Context) context.Context { return &invocation{Context: ctx} }

// Value implements context.Context.
func (i *invocation) Value(k any) any {
	if k == (key{}) {
		return i
	}
	return i.Context.Value(k)
}

// begin records the start of a call to s.
func (i *invocation) begin(s Store) {
	now := time.Since(epoch)
	i.mu.Lock()
	defer i.mu.Unlock()
	t := &i.tallies[s]
	if t.calls++; t.inFlight == 0 {
		t.busySince = now
	}
	t.inFlight++
}

// end records the end of a call to s.
func (i *invocation) end(s Store) {
	now := time.Since(epoch)
	i.mu.Lock()
	defer i.mu.Unlock()
	t := &i.tallies[s]
	if t.inFlight--; t.inFlight == 0 {
		t.waited += now - t.busySince
	}
}

// Attr returns the log attribute with, for each store that was called since NewContext, the number of calls (retries
// included) and the milliseconds during which at least one of them was in flight. It returns the zero Attr, which
// loggers omit, if there were no calls or ctx is not from NewContext.
func Attr(ctx context.Context) slog.Attr {
	i, ok := ctx.Value(key{}).(*invocation)
	if !ok {
		return slog.Attr{}
	}
	now := time.Since(epoch)
	i.mu.Lock()
	defer i.mu.Unlock()
	var byStore []slog.Attr
	for s := range stores {
		t := i.tallies[s]
		if t.inFlight > 0 {
			t.waited += now - t.busySince
		}
		if t.calls > 0 {
			byStore = append(byStore, slog.GroupAttrs(s.String(),
				slog.Int("calls", int(t.calls)), slog.Float64("ms", float64(t.waited.Microseconds())/1000)))
		}
	}
	if byStore == nil {
		return slog.Attr{}
	}
	return slog.GroupAttrs("stores", byStore...)
}
