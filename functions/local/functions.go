package main

import (
	"encoding/hex"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/snssqs"
	"rental.example/functions/items"
	"rental.example/functions/itemsync"
	"rental.example/functions/local/gateway"
	"rental.example/functions/local/pipeline"
	"rental.example/functions/local/sandbox"
	"rental.example/functions/republish"
	"rental.example/functions/userevents"
	"rental.example/functions/users"
)

// functionTimeout is the Timeout in template.yaml of the API's functions.
const functionTimeout = 10 * time.Second

// builder creates the functions like their bootstraps do, with another clock and other stores.
type builder struct {
	options options
	now     func() time.Time // the API's clock
	newID   func() string
	stderr  io.Writer
}

func (b builder) logger(service string) *slog.Logger {
	return cloudwatch.NewLogger(b.stderr, b.options.logLevel, service)
}

func (b builder) metrics(service string) *cloudwatch.Metrics {
	return cloudwatch.NewMetrics(io.Discard, "rental", service, b.now)
}

// apiFunctions returns the functions that API Gateway invokes.
func (b builder) apiFunctions(s stores) []gateway.Function {
	return []gateway.Function{
		b.http("users", users.New(s.profiles, b.now, b.logger("users")).Routes()),
		b.http("items", items.New(s.items, s.search, s.owners,
			items.Config{Now: b.now, Random: random(b.newID), Logger: b.logger("items")}).Routes()),
	}
}

func (b builder) http(service string, routes []apigateway.Route) gateway.Function {
	router := apigateway.NewRouter(routes, apigateway.Config{
		AllowedOrigin: b.options.origin, Now: b.now, Logger: b.logger(service), Metrics: b.metrics(service),
	})
	name := strings.ToUpper(service[:1]) + service[1:] + "Function"
	newHandler := func() lambda.Handler { return router } // it may serve concurrent invocations
	return gateway.Function{Function: b.function(service, name, functionTimeout, newHandler), Routes: routes}
}

// eventFunctions returns the functions without a route.
func (b builder) eventFunctions(s stores, events *pipeline.Pipeline) []sandbox.Function {
	topic := snssqs.NewTopic(events.Topic(), events.Topic().ARN())
	dead := events.DeadLetters()
	userEvents := userevents.New(topic, snssqs.NewQueue(dead, dead.URL()),
		userevents.Config{Now: time.Now, Logger: b.logger("userevents"), Metrics: b.metrics("userevents")})
	itemSync := itemsync.New(s.registry, itemsync.Config{Logger: b.logger("itemsync"), Metrics: b.metrics("itemsync")})
	republisher := republish.New(s.profiles, topic,
		republish.Config{Now: b.now, Logger: b.logger("republish"), Metrics: b.metrics("republish")})
	return []sandbox.Function{
		b.eventFunction("userevents", pipeline.UserEventsFunction, userEvents.Handle),
		b.eventFunction("itemsync", pipeline.ItemSyncFunction, itemSync.Handle),
		b.eventFunction("republish", pipeline.RepublishFunction, republisher.Handle),
	}
}

func (b builder) eventFunction(service, name string, handle any) sandbox.Function {
	return b.function(service, name, pipeline.Timeout(name), func() lambda.Handler { return lambda.NewHandler(handle) })
}

// function injects the faults of -fail.
func (b builder) function(service, name string, timeout time.Duration, newHandler func() lambda.Handler) sandbox.Function {
	f := sandbox.Function{Name: name, Timeout: timeout, New: newHandler}
	return sandbox.WithFaults(f, b.options.faults[service])
}

// random returns the source of random bits for new ids: bits of the UUIDs of newID, so that they are fixed where those are.
func random(newID func() string) func() [10]byte {
	return func() (bits [10]byte) {
		uuid, _ := hex.DecodeString(strings.ReplaceAll(newID(), "-", "")) // 16 bytes
		copy(bits[:], uuid[len(uuid)-len(bits):])
		return bits
	}
}
