// Package pipeline stands in for what carries events on AWS: DynamoDB Streams, Lambda's event source
// mappings, SNS and SQS. The changes of a table become raw stream events, what is published becomes
// messages in a queue, and those raw SQS events, all for the very handlers that are deployed.
//
// Batches, retries, halving, visibility timeouts, redrive, dead-letter queues and filter are those of one
// table, in topology.go, that a test holds against template.yaml. It departs from the services where they
// promise little: messages arrive once and in order unless something fails, and the pauses between a
// stream's retries, which AWS does not tell, double from a second to a minute.
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
	Speed  int           // everything that waits does so this many times shorter than deployed; 1 or more
}

// Pipeline is the topic, the queues and the mappings of template.yaml.
type Pipeline struct {
	config   Config
	topology topology
	queues   []*Queue
	topic    *Topic
	gates    map[string]*gate // by function

	functions map[string]sandbox.Function
	stream    *streamConsumer
	queue     *queueConsumer
}

// New makes a Pipeline in which nothing moves yet.
func New(config Config) *Pipeline { return newPipeline(deployed(), config) }

func newPipeline(t topology, config Config) *Pipeline {
	p := &Pipeline{
		config: config, topology: t.faster(config.Speed), functions: map[string]sandbox.Function{},
		gates: map[string]*gate{t.stream.function: newGate(), t.consumer.function: newGate()},
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

// Timeout is what template.yaml gives the function of that name, one behind no route.
func Timeout(function string) time.Duration { return deployed().timeouts[function] }

// Topic is where events are published.
func (p *Pipeline) Topic() *Topic { return p.topic }

// Queues are all queues.
func (p *Pipeline) Queues() []*Queue { return p.queues }

// Queue is the queue of that name.
func (p *Pipeline) Queue(name string) (*Queue, bool) {
	i := slices.IndexFunc(p.queues, func(q *Queue) bool { return q.Name() == name })
	if i < 0 {
		return nil, false
	}
	return p.queues[i], true
}

// DeadLetters is where the stream's function leaves records that can never be published.
func (p *Pipeline) DeadLetters() *Queue { return p.mustQueue(UserEventsDeadLetterQueue) }

// mustQueue is for the names of the table.
func (p *Pipeline) mustQueue(name string) *Queue {
	q, ok := p.Queue(name)
	if !ok {
		panic("topology has no queue " + name)
	}
	return q
}

// Connect says where changes come from and which functions there are, among them those that the mappings
// name. It is to be called once, before Run.
func (p *Pipeline) Connect(source Source, functions ...sandbox.Function) {
	for _, f := range functions {
		p.functions[f.Name] = f
	}
	t := p.topology
	p.stream = &streamConsumer{
		streamMapping: t.stream, source: source, invoke: p.invoker(t.stream.function),
		positions: p.mustQueue(t.stream.onFailure), gate: p.gates[t.stream.function],
		speed: p.config.Speed, held: map[string][]Record{},
	}
	p.queue = &queueConsumer{
		queueMapping: t.consumer, queue: p.mustQueue(t.consumer.queue),
		invoke: p.invoker(t.consumer.function), gate: p.gates[t.consumer.function],
	}
}

// Run feeds the functions from the source and the queues, until ctx is done and they have finished what they
// had begun. It is to be called once.
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

// ErrNoMapping is the refusal to stop or start what nothing feeds.
var ErrNoMapping = errors.New("no stream or queue feeds that function")

// SetPolling lets the function's mapping feed it, or stops that, as update-event-source-mapping does with
// --enabled and --no-enabled.
func (p *Pipeline) SetPolling(function string, on bool) error {
	g, ok := p.gates[function]
	if !ok {
		return ErrNoMapping
	}
	g.set(on)
	return nil
}

// Mapping is the state of an event source mapping.
type Mapping struct {
	Function string
	Source   string // the logical id of the table or queue
	Polling  bool
	Waiting  int           // records of the stream, or messages, that the function has not handled
	Oldest   time.Duration // how long the first of those has waited
}

// Mappings are those of the stream and of the queue.
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
	stream.Polling, queue.Polling = p.gates[stream.Function].polling(), p.gates[queue.Function].polling()
	return []Mapping{stream, queue}
}
