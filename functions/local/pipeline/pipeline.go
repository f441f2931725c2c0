// Package pipeline simulates DynamoDB Streams, Lambda's event source mappings, SNS, SQS and the schedules of EventBridge.
// The changes of tables become raw stream events and published messages become raw SQS events, for the handlers that are
// deployed.
//
// Tables, topics, queues, mappings and schedules are those of the template. Differences from the services: messages arrive
// once and in order unless something fails, and the backoff between a stream's retries, which AWS does not document, doubles
// from a second to a minute.
package pipeline

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"rental.example/functions/local/sandbox"
	"rental.example/functions/local/template"
)

// Config is what a Pipeline needs.
type Config struct {
	Lambda *sandbox.Service
	NewID  func() string // UUIDs for messages and invocations
	Speed  int           // all waiting times are this many times shorter than deployed; 1 or more
}

// Pipeline is all topics, queues, mappings and schedules of a template.
type Pipeline struct {
	config    Config
	template  *template.Template
	queues    []*Queue
	topics    []*Topic
	streams   map[string]*Stream          // by table
	functions map[string]sandbox.Function // by name
	consumers []consumer
}

// consumer invokes a function with what arrives from one source.
type consumer interface {
	// run invokes the function until ctx is done, then waits for the invocations in flight.
	run(ctx context.Context)
	// mapping returns the function, the source and what waits there.
	mapping() Mapping
	mappingState() *mappingState
}

// New returns the Pipeline of a template, with the streams of all tables in memory. It does nothing until Run.
func New(t *template.Template, config Config) *Pipeline {
	p := &Pipeline{config: config, template: t, streams: map[string]*Stream{}}
	for _, spec := range t.Queues {
		p.queues = append(p.queues, newQueue(spec, config))
	}
	for _, q := range p.queues {
		q.deadLetters, _ = p.Queue(q.spec.DeadLetters)
	}
	for _, name := range t.Topics {
		p.topics = append(p.topics, &Topic{name: name, newID: config.NewID})
	}
	for _, s := range t.Subscriptions {
		queue, _ := p.Queue(s.Queue)
		topic := p.topics[slices.IndexFunc(p.topics, func(topic *Topic) bool { return topic.name == s.Topic })]
		topic.subscriptions = append(topic.subscriptions, subscription{s, queue})
	}
	for _, table := range t.Tables {
		p.streams[table.ID] = newStream(table.Name, config.NewID)
	}
	return p
}

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

// Stream returns the stream in memory of the table with that name. No mapping reads that of another table.
func (p *Pipeline) Stream(table string) *Stream {
	for _, t := range p.template.Tables {
		if t.Name == table {
			return p.streams[t.ID]
		}
	}
	return newStream(table, p.config.NewID)
}

// Connect sets the functions, by name. Mappings and schedules of others do nothing. source returns the stream of a table for
// one mapping; if it is nil, mappings read the streams in memory. Connect must be called once, before records are put into a
// stream and before Run.
func (p *Pipeline) Connect(functions map[string]sandbox.Function, source func(table template.Table) Source) {
	p.functions = functions
	if source == nil {
		source = func(table template.Table) Source { return p.streams[table.ID].newReader() }
	}
	for _, m := range p.template.StreamMappings {
		if _, ok := functions[m.Function]; ok {
			i := slices.IndexFunc(p.template.Tables, func(t template.Table) bool { return t.ID == m.Table })
			p.consumers = append(p.consumers, p.newStreamConsumer(m, source(p.template.Tables[i])))
		}
	}
	for _, m := range p.template.QueueMappings {
		if _, ok := functions[m.Function]; ok {
			p.consumers = append(p.consumers, p.newQueueConsumer(m))
		}
	}
	for _, s := range p.template.Schedules {
		if _, ok := functions[s.Function]; ok {
			p.consumers = append(p.consumers, p.newScheduler(s))
		}
	}
}

// Run invokes the functions of the mappings and schedules until ctx is done, then waits for the invocations in flight. It
// must be called once.
func (p *Pipeline) Run(ctx context.Context) {
	var running sync.WaitGroup
	for _, c := range p.consumers {
		running.Go(func() { c.run(ctx) })
	}
	running.Wait()
}

func (p *Pipeline) invoker(function string) invoker {
	f := p.functions[function]
	return func(ctx context.Context, event []byte) ([]byte, error) {
		return p.config.Lambda.Invoke(context.WithoutCancel(ctx), f, sandbox.Invocation{
			Event: event, RequestID: p.config.NewID(), Trace: sandbox.NewTrace(time.Now(), p.config.NewID()),
		})
	}
}

// shorter returns a waiting time divided by the speed.
func (c Config) shorter(d time.Duration) time.Duration { return d / time.Duration(c.Speed) }

// ErrNoMapping means that a function has no event source mapping and no schedule.
var ErrNoMapping = errors.New("the function has no event source mapping and no schedule")

// SetPolling enables or disables the mappings and schedules of a function, like --enabled and --no-enabled of
// update-event-source-mapping.
func (p *Pipeline) SetPolling(function string, on bool) error {
	err := ErrNoMapping
	for _, c := range p.consumers {
		if c.mapping().Function == function {
			c.mappingState().set(on)
			err = nil
		}
	}
	return err
}

// Mapping is the state of an event source mapping or of a schedule.
type Mapping struct {
	Function string
	Source   string // the logical ID of the table, the queue or the schedule
	Polling  bool
	Waiting  int           // records or messages that the function has not processed
	Oldest   time.Duration // age of the oldest
}

// Mappings returns the states of the mappings and schedules.
func (p *Pipeline) Mappings() []Mapping {
	all := make([]Mapping, len(p.consumers))
	for i, c := range p.consumers {
		all[i] = c.mapping()
		all[i].Polling, _ = c.mappingState().get()
	}
	return all
}
