// Package pipeline simulates DynamoDB Streams, Lambda's event source mappings, SNS and SQS. The changes of a table become
// raw stream events and published messages become raw SQS events, for the handlers that are deployed.
//
// Batches, retries, bisecting, visibility timeouts, redrive, dead-letter queues and filter are those of topology.go,
// which a test compares with template.yaml. Differences from the services: messages arrive once and in order unless
// something fails, and the backoff between a stream's retries, which AWS does not document, doubles from a second to a
// minute.
package pipeline

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"rental.example/functions/local/sandbox"
)

// Config is what a Pipeline needs.
type Config struct {
	Lambda *sandbox.Service
	NewID  func() string // UUIDs for messages and invocations
	Speed  int           // all waiting times are this many times shorter than deployed; 1 or more
}

// Pipeline is the topic, the queues and the mappings of template.yaml.
type Pipeline struct {
	config   Config
	topology topology
	queues   []*Queue
	topic    *Topic
	states   map[string]*mappingState // by function

	functions map[string]sandbox.Function
	stream    *streamConsumer
	queue     *queueConsumer
}

// New returns a Pipeline. It does nothing until Run.
func New(config Config) *Pipeline { return newPipeline(deployed(), config) }

func newPipeline(t topology, config Config) *Pipeline {
	p := &Pipeline{
		config: config, topology: t.withSpeed(config.Speed), functions: map[string]sandbox.Function{},
		states: map[string]*mappingState{t.stream.function: newMappingState(), t.consumer.function: newMappingState()},
	}
	for _, spec := range p.topology.queues {
		p.queues = append(p.queues, newQueue(spec, config.NewID))
	}
	for _, q := range p.queues {
		q.deadLetters, _ = p.Queue(q.spec.deadLetters)
	}
	p.topic = &Topic{subscription: t.subscription, queue: p.mustQueue(t.subscription.queue), newID: config.NewID}
	return p
}

// Timeout returns the timeout in template.yaml of a function without a route.
func Timeout(function string) time.Duration { return deployed().timeouts[function] }

// Topic returns the topic of user events.
func (p *Pipeline) Topic() *Topic { return p.topic }

// Queues returns all queues.
func (p *Pipeline) Queues() []*Queue { return p.queues }

// Queue returns the queue of that name.
func (p *Pipeline) Queue(name string) (*Queue, bool) {
	i := slices.IndexFunc(p.queues, func(q *Queue) bool { return q.Name() == name })
	if i < 0 {
		return nil, false
	}
	return p.queues[i], true
}

// DeadLetters returns the queue to which the stream's function sends records that it can never publish.
func (p *Pipeline) DeadLetters() *Queue { return p.mustQueue(UserEventsDeadLetterQueue) }

// mustQueue returns a queue of the topology.
func (p *Pipeline) mustQueue(name string) *Queue {
	q, ok := p.Queue(name)
	if !ok {
		panic("topology has no queue " + name)
	}
	return q
}

// Connect sets the source of changes and the functions, which include those of the mappings. It must be called once,
// before Run.
func (p *Pipeline) Connect(source Source, functions ...sandbox.Function) {
	for _, f := range functions {
		p.functions[f.Name] = f
	}
	t := p.topology
	p.stream = &streamConsumer{
		streamMapping: t.stream, source: source, invoke: p.invoker(t.stream.function),
		failureQueue: p.mustQueue(t.stream.onFailure), state: p.states[t.stream.function],
		speed: p.config.Speed, unprocessed: map[string][]Record{},
	}
	p.queue = &queueConsumer{
		queueMapping: t.consumer, queue: p.mustQueue(t.consumer.queue),
		invoke: p.invoker(t.consumer.function), state: p.states[t.consumer.function],
	}
}

// Run invokes the functions of the mappings until ctx is done, then waits for the invocations in flight. It must be
// called once.
func (p *Pipeline) Run(ctx context.Context) {
	var mappings sync.WaitGroup
	mappings.Go(func() { p.stream.run(ctx) })
	mappings.Go(func() { p.queue.run(ctx) })
	mappings.Wait()
}

func (p *Pipeline) invoker(function string) invoker {
	f := p.functions[function]
	return func(ctx context.Context, event []byte) ([]byte, error) {
		return p.config.Lambda.Invoke(context.WithoutCancel(ctx), f, sandbox.Invocation{
			Event: event, RequestID: p.config.NewID(), Trace: sandbox.NewTrace(time.Now(), p.config.NewID()),
		})
	}
}

// ErrNoMapping means that a function has no event source mapping.
var ErrNoMapping = errors.New("the function has no event source mapping")

// SetPolling enables or disables the mapping of a function, like --enabled and --no-enabled of
// update-event-source-mapping.
func (p *Pipeline) SetPolling(function string, on bool) error {
	state, ok := p.states[function]
	if !ok {
		return ErrNoMapping
	}
	state.set(on)
	return nil
}

// Mapping is the state of an event source mapping.
type Mapping struct {
	Function string
	Source   string // the logical id of the table or queue
	Polling  bool
	Waiting  int           // records or messages that the function has not processed
	Oldest   time.Duration // age of the oldest
}

// Mappings returns the states of the mappings of the stream and of the queue.
func (p *Pipeline) Mappings() []Mapping {
	stream := Mapping{Function: p.topology.stream.function, Source: p.topology.stream.table}
	n, since := p.stream.waiting()
	if stream.Waiting = n; n > 0 {
		stream.Oldest = time.Since(since)
	}
	d := p.mustQueue(p.topology.consumer.queue).Depth()
	queue := Mapping{
		Function: p.topology.consumer.function, Source: p.topology.consumer.queue,
		Waiting: d.Visible + d.InFlight + d.Delayed, Oldest: d.Oldest,
	}
	stream.Polling, _ = p.states[stream.Function].get()
	queue.Polling, _ = p.states[queue.Function].get()
	return []Mapping{stream, queue}
}
