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

// functionTimeout is what template.yaml gives the functions behind the API.
const functionTimeout = 10 * time.Second

// workshop makes functions: what the bootstrap of each runs, with another clock and other stores.
type workshop struct {
	options options
	now     func() time.Time // of the API
	newID   func() string
	stderr  io.Writer
}

func (w workshop) logger(service string) *slog.Logger {
	return cloudwatch.NewLogger(w.stderr, w.options.logLevel, service)
}

func (w workshop) metrics(service string) *cloudwatch.Metrics {
	return cloudwatch.NewMetrics(io.Discard, "rental", service, w.now)
}

// behindAPI are the functions that API Gateway calls.
func (w workshop) behindAPI(s stores) []gateway.Function {
	return []gateway.Function{
		w.http("users", users.New(s.profiles, w.now, w.logger("users")).Routes()),
		w.http("items", items.New(s.catalog, items.Config{Now: w.now, Random: random(w.newID), Logger: w.logger("items")}).Routes()),
	}
}

func (w workshop) http(service string, routes []apigateway.Route) gateway.Function {
	router := apigateway.NewRouter(routes, apigateway.Config{
		AllowedOrigin: w.options.origin, Now: w.now, Logger: w.logger(service), Metrics: w.metrics(service),
	})
	name := strings.ToUpper(service[:1]) + service[1:] + "Function"
	one := func() lambda.Handler { return router } // for as many invocations as there are
	return gateway.Function{Function: w.function(service, name, functionTimeout, one), Routes: routes}
}

// behindEvents are the functions that no route leads to.
func (w workshop) behindEvents(s stores, events *pipeline.Pipeline) []sandbox.Function {
	topic := snssqs.NewTopic(events.Topic(), events.Topic().ARN())
	dead := events.DeadLetters()
	userEvents := userevents.New(topic, snssqs.NewQueue(dead, dead.URL()),
		userevents.Config{Now: time.Now, Logger: w.logger("userevents"), Metrics: w.metrics("userevents")})
	itemSync := itemsync.New(s.registry, itemsync.Config{Logger: w.logger("itemsync"), Metrics: w.metrics("itemsync")})
	again := republish.New(s.profiles, topic,
		republish.Config{Now: w.now, Logger: w.logger("republish"), Metrics: w.metrics("republish")})
	return []sandbox.Function{
		w.behindNoRoute("userevents", pipeline.UserEventsFunction, userEvents.Handle),
		w.behindNoRoute("itemsync", pipeline.ItemSyncFunction, itemSync.Handle),
		w.behindNoRoute("republish", pipeline.RepublishFunction, again.Handle),
	}
}

func (w workshop) behindNoRoute(service, name string, handle any) sandbox.Function {
	return w.function(service, name, pipeline.Timeout(name), func() lambda.Handler { return lambda.NewHandler(handle) })
}

// function fails where -fail wants it to.
func (w workshop) function(service, name string, timeout time.Duration, newHandler func() lambda.Handler) sandbox.Function {
	f := sandbox.Function{Name: name, Timeout: timeout, New: newHandler}
	return sandbox.Crashing(f, w.options.crashes[service])
}

// random takes the bits of a new id from one of newID, so that they are frozen where ids are.
func random(newID func() string) func() [10]byte {
	return func() (b [10]byte) {
		uuid, _ := hex.DecodeString(strings.ReplaceAll(newID(), "-", "")) // 16 bytes
		copy(b[:], uuid[len(uuid)-len(b):])
		return b
	}
}
