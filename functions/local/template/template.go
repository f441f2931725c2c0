// Package template reads a SAM template and resolves what the local runner needs of it: functions with their routes and
// environments, tables, topics, queues, event source mappings and schedules.
//
// Names of resources are their logical IDs, whatever names the template sets: the ARN of a queue ends with its logical ID.
// Names of tables are in lower case and without the suffix Table: users for UsersTable.
// Attributes of resources that are not simulated, such as the endpoint of a domain, resolve to texts such as
// "Domain.DomainEndpoint". Only the properties that are read are resolved, so that what the runner does not need may use
// any intrinsic function.
package template

import (
	"maps"
	"slices"
	"time"

	"rental.example/functions/local/filterpolicy"
	"rental.example/functions/local/sandbox"
)

// Template is what a template declares, in the order of the file. Resources whose Condition is false are left out.
type Template struct {
	Parameters     map[string]string // values by name
	AllowedOrigin  string            // of the API's CORS
	Functions      []Function
	Tables         []Table
	Topics         []string // logical IDs
	Subscriptions  []Subscription
	Queues         []Queue
	StreamMappings []StreamMapping
	QueueMappings  []QueueMapping
	Schedules      []Schedule
	Unsupported    []Unsupported
}

// Function is an AWS::Serverless::Function. Properties that it does not set are those of Globals.
type Function struct {
	Name        string
	Timeout     time.Duration
	Environment map[string]string
	References  map[string]string // by variable: the logical ID, if the value is a !Ref
	Routes      []Route
	Retries     int // of an asynchronous invocation that fails
}

// Route is an event of type Api.
type Route struct {
	Method   string // in upper case
	Resource string // the path, such as /users/{id}
	Public   bool   // without an authorizer
}

// Key is the primary key of a table or an index.
type Key struct {
	Partition string
	Sort      string // empty: none
}

// Table is an AWS::DynamoDB::Table.
type Table struct {
	ID         string // logical ID
	Name       string // what !Ref returns
	Attributes []Attribute
	Key        Key
	Indexes    []Index
	ExpiresAt  string // the TTL attribute; empty: none
	StreamView string // the StreamViewType; empty: no stream
}

// Attribute is a key attribute of a table; its type is S, N or B.
type Attribute struct{ Name, Type string }

// Index is a global secondary index.
type Index struct {
	Name       string
	Key        Key
	Projection string // ALL, KEYS_ONLY or INCLUDE
	NonKey     []string
}

// Subscription is the subscription of a queue to a topic. No message gets to its dead-letter queue here, because delivery
// to a queue never fails.
type Subscription struct {
	Topic, Queue string
	Raw          bool
	Filter       *filterpolicy.Policy // nil: all messages
}

// Queue is an AWS::SQS::Queue.
type Queue struct {
	Name            string
	Visibility      time.Duration
	Retention       time.Duration
	Delay           time.Duration
	DeadLetters     string // queue; empty: none
	MaxReceiveCount int    // before a message goes to DeadLetters
}

// Infinite is -1 in a template: unlimited but for the retention of the stream.
const Infinite = -1

// Mapping is what event source mappings of streams and queues have in common.
type Mapping struct {
	Function        string
	BatchSize       int
	Window          time.Duration // for a batch to fill
	ReportsFailures bool          // ReportBatchItemFailures
	Enabled         bool
}

// StreamMapping is an event source mapping of a table's stream.
type StreamMapping struct {
	Mapping
	Table      string // logical ID
	Bisect     bool   // splits a failed batch in half
	MaxRetries int    // or Infinite
	MaxAge     time.Duration
	OnFailure  string // queue of the positions of discarded records; empty: none
}

// QueueMapping is an event source mapping of a queue.
type QueueMapping struct {
	Mapping
	Queue          string
	MaxConcurrency int
}

// Schedule invokes a function at times of an expression.
type Schedule struct {
	Name     string // logical ID of the rule, or the function's with the name of the event
	Function string
	Times    Times
	Source   string // of the event, such as aws.events
	Input    string // the event; empty: that of the service
	Enabled  bool
}

// Unsupported is a resource, or a part of one, that is not simulated.
type Unsupported struct{ Name, Type, Reason string }

// ARN returns the ARN of a resource of the simulated account.
func ARN(service, name string) string {
	return "arn:aws:" + service + ":" + sandbox.Region + ":" + sandbox.AccountID + ":" + name
}

// QueueURL returns the QueueUrl of the queue with that name.
func QueueURL(name string) string {
	return "https://sqs." + sandbox.Region + ".amazonaws.com/" + sandbox.AccountID + "/" + name
}

// Names reports whether the environment of a function names the table.
func (t *Template) Names(table Table) bool {
	return slices.ContainsFunc(t.Functions, func(f Function) bool {
		return slices.Contains(slices.Collect(maps.Values(f.References)), table.ID)
	})
}

// Variable is an environment variable whose value is that of a parameter or the name of a table.
type Variable struct {
	ID    string // logical ID of the parameter or the table
	Value string
}

// Variables returns the environment variables that functions get from a parameter or a table by !Ref: values that differ
// between deployments.
func (t *Template) Variables() map[string]Variable {
	variables := map[string]Variable{}
	for _, f := range t.Functions {
		for name, id := range f.References {
			_, isParameter := t.Parameters[id]
			if isParameter || slices.ContainsFunc(t.Tables, func(table Table) bool { return table.ID == id }) {
				variables[name] = Variable{id, f.Environment[name]}
			}
		}
	}
	return variables
}
