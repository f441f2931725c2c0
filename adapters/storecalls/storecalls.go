// Package storecalls counts the calls that an invocation sends to stores and other services, and measures how long it
// waits for them, so that the log line of a slow request names what was slow.
//
// A handler's adapter begins with Watch and logs Attr at the end. The client of each store sends its requests through
// a Counted, which finds the invocation in the request's context.
package storecalls

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Store is a store or a service that functions call.
type Store uint8

// The stores, in the order of the log's attribute.
const (
	DynamoDB Store = iota
	OpenSearch
	SNS
	SQS
	stores // how many there are
)

// String is the store's name in the log.
func (s Store) String() string {
	return [stores]string{"dynamodb", "opensearch", "sns", "sqs"}[s]
}

// invocation is a context that counts the calls made under it. One value is both, so that it costs one allocation.
type invocation struct {
	context.Context
	mu      sync.Mutex
	tallies [stores]tally
}

// tally is what is known of the calls of one store. Times are since epoch.
type tally struct {
	calls, inFlight int32
	busySince       time.Duration // when inFlight left zero
	waited          time.Duration // how long inFlight was not zero, until it was zero last
}

// epoch is what moments are measured from: they take a third of the room of a time.Time.
var epoch = time.Now()

// key finds the invocation among a context's values.
type key struct{}

// Watch returns a context that counts the calls made under it, apart from those of ctx.
func Watch(ctx context.Context) context.Context { return &invocation{Context: ctx} }

// Value implements context.Context.
func (i *invocation) Value(k any) any {
	if k == (key{}) {
		return i
	}
	return i.Context.Value(k)
}

// begin counts a call of s.
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

// end ends a call of s.
func (i *invocation) end(s Store) {
	now := time.Since(epoch)
	i.mu.Lock()
	defer i.mu.Unlock()
	t := &i.tallies[s]
	if t.inFlight--; t.inFlight == 0 {
		t.waited += now - t.busySince
	}
}

// Attr is the attribute of the log line: the calls of each store that was called since Watch, retries included, and
// the milliseconds during which at least one of them was in flight; calls at the same time are not added up. It is the
// zero Attr, which loggers leave out, without any call and without Watch.
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
