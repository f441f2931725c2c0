package pipeline

import (
	"slices"
	"time"

	"rental.example/functions/local/sandbox"
)

// Logical ids in template.yaml.
const (
	UserEventsFunction = "UserEventsFunction"
	ItemSyncFunction   = "ItemSyncFunction"
	RepublishFunction  = "RepublishFunction"

	UsersTable      = "UsersTable"
	UserEventsTopic = "UserEventsTopic"

	ItemSyncQueue             = "ItemSyncQueue"
	ItemSyncDeadLetterQueue   = "ItemSyncDeadLetterQueue"
	UserEventsDeadLetterQueue = "UserEventsDeadLetterQueue" // whole records
	UserEventsFailureQueue    = "UserEventsFailureQueue"    // failureRecords
)

// Infinite is -1 in the template: unlimited but for the retention of the stream.
const Infinite = -1

// streamMapping is an event source mapping of a table's stream.
type streamMapping struct {
	table, function  string
	startingPosition string // no other value is supported
	batchSize        int
	window           time.Duration // for a batch to fill
	bisect           bool          // splits a failed batch in half
	reportsFailures  bool
	maxRetries       int           // or Infinite
	maxAge           time.Duration // or Infinite
	parallelization  int           // no other value is supported
	onFailure        string        // queue of failureRecords
}

// subscription is a queue's subscription to a topic. No message gets to its dead-letter queue here, because delivery to a
// queue never fails.
type subscription struct {
	topic, queue string
	raw          bool   // no other value is supported
	filterScope  string // no other value is supported
	attribute    string // of the filter policy
	prefix       string // of the attribute's value
	deadLetters  string
}

// queueSpec is a queue in the template.
type queueSpec struct {
	name            string
	visibility      time.Duration
	retention       time.Duration
	maxReceiveCount int // before a message goes to deadLetters; 0: unlimited
	deadLetters     string
}

// queueMapping is an event source mapping of a queue.
type queueMapping struct {
	queue, function string
	batchSize       int
	window          time.Duration
	reportsFailures bool
	maxConcurrency  int
}

// topology is what template.yaml declares between the users table and the items service. A test compares each value with
// the template.
type topology struct {
	timeouts     map[string]time.Duration // of functions without a route
	stream       streamMapping
	subscription subscription
	queues       []queueSpec
	consumer     queueMapping
}

const day = 24 * time.Hour

func deployed() topology {
	return topology{
		timeouts: map[string]time.Duration{
			UserEventsFunction: 30 * time.Second,
			ItemSyncFunction:   30 * time.Second,
			RepublishFunction:  900 * time.Second,
		},
		stream: streamMapping{
			table: UsersTable, function: UserEventsFunction, startingPosition: "TRIM_HORIZON",
			batchSize: 100, bisect: true, reportsFailures: true,
			maxRetries: Infinite, maxAge: Infinite, parallelization: 1, onFailure: UserEventsFailureQueue,
		},
		subscription: subscription{
			topic: UserEventsTopic, queue: ItemSyncQueue, raw: true, filterScope: "MessageAttributes",
			attribute: "eventType", prefix: "user.profile.", deadLetters: ItemSyncDeadLetterQueue,
		},
		queues: []queueSpec{
			{name: ItemSyncQueue, visibility: 180 * time.Second, retention: 4 * day, maxReceiveCount: 10, deadLetters: ItemSyncDeadLetterQueue},
			{name: ItemSyncDeadLetterQueue, visibility: defaultVisibility, retention: 14 * day},
			{name: UserEventsDeadLetterQueue, visibility: defaultVisibility, retention: 14 * day},
			{name: UserEventsFailureQueue, visibility: defaultVisibility, retention: 14 * day},
		},
		consumer: queueMapping{queue: ItemSyncQueue, function: ItemSyncFunction, batchSize: 10, reportsFailures: true, maxConcurrency: 5},
	}
}

// defaultVisibility is the VisibilityTimeout of a queue that sets none.
const defaultVisibility = 30 * time.Second

// withSpeed returns the topology with waiting times that are n times shorter. Timeouts of functions and retention periods
// do not change.
func (t topology) withSpeed(n int) topology {
	t.stream.window /= time.Duration(n)
	t.consumer.window /= time.Duration(n)
	t.queues = slices.Clone(t.queues)
	for i := range t.queues {
		t.queues[i].visibility /= time.Duration(n)
	}
	return t
}

// source returns the queue whose dead-letter queue has that name.
func (t topology) source(name string) (queue string, ok bool) {
	i := slices.IndexFunc(t.queues, func(q queueSpec) bool { return q.deadLetters == name })
	if i < 0 {
		return "", false
	}
	return t.queues[i].name, true
}

func arn(service, name string) string {
	return "arn:aws:" + service + ":" + sandbox.Region + ":" + sandbox.AccountID + ":" + name
}
