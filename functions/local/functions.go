package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/lambdaenv"
	"rental.example/adapters/snssqs"
	"rental.example/functions/items"
	"rental.example/functions/itemsync"
	"rental.example/functions/local/pipeline"
	"rental.example/functions/local/sandbox"
	"rental.example/functions/local/template"
	"rental.example/functions/republish"
	"rental.example/functions/userevents"
	"rental.example/functions/users"
)

// constructor returns what the bootstrap of a function passes to lambda.Start. It reads the environment that the template
// gives the function.
type constructor func(env *lambdaenv.Env, d dependencies) (any, error)

// constructors are the functions that the runner can run, by their logical IDs in the template.
func constructors() map[string]constructor {
	return map[string]constructor{
		"UsersFunction": func(env *lambdaenv.Env, d dependencies) (any, error) {
			service := users.New(d.users(env.Required("USERS_TABLE")), d.now, d.logger)
			return d.router(env.Origin("ALLOWED_ORIGIN"), service.Routes()), nil
		},
		"ItemsFunction": func(env *lambdaenv.Env, d dependencies) (any, error) {
			store, err := d.items(env.Required("OPEN_SEARCH_INDEX"), env.Count("OPEN_SEARCH_SHARDS", 1))
			service := items.New(store.items, store.search, store.owners, items.Config{Now: d.now, Random: d.random, Logger: d.logger})
			return d.router(env.Origin("ALLOWED_ORIGIN"), service.Routes()), err
		},
		"UserEventsFunction": func(env *lambdaenv.Env, d dependencies) (any, error) {
			topic := snssqs.NewTopic(d.events, env.Required("USER_EVENTS_TOPIC_ARN"))
			dead := snssqs.NewQueue(d.events, env.Required("USER_EVENTS_DEAD_LETTER_QUEUE_URL"))
			return userevents.New(topic, dead, userevents.Config{Now: time.Now, Logger: d.logger, Metrics: d.metrics}).Handle, nil
		},
		"ItemSyncFunction": func(env *lambdaenv.Env, d dependencies) (any, error) {
			store, err := d.items(env.Required("OPEN_SEARCH_INDEX"), env.Count("OPEN_SEARCH_SHARDS", 1))
			return itemsync.New(store.registry, itemsync.Config{Logger: d.logger, Metrics: d.metrics}).Handle, err
		},
		"RepublishFunction": func(env *lambdaenv.Env, d dependencies) (any, error) {
			topic := snssqs.NewTopic(d.events, env.Required("USER_EVENTS_TOPIC_ARN"))
			config := republish.Config{Now: d.now, Logger: d.logger, Metrics: d.metrics}
			return republish.New(d.users(env.Required("USERS_TABLE")), topic, config).Handle, nil
		},
	}
}

// dependencies are what replaces AWS for a function.
type dependencies struct {
	*stores
	events  *pipeline.Pipeline // SNS and SQS
	now     func() time.Time   // the API's clock
	newID   func() string
	logger  *slog.Logger
	metrics *cloudwatch.Metrics
}

func (d dependencies) router(origin string, routes []apigateway.Route) *apigateway.Router {
	return apigateway.NewRouter(routes, apigateway.Config{AllowedOrigin: origin, Now: d.now, Logger: d.logger, Metrics: d.metrics})
}

// random returns random bits for a new ID: bits of a UUID of newID, so that they are fixed where those are.
func (d dependencies) random() (bits [10]byte) {
	uuid, _ := hex.DecodeString(strings.ReplaceAll(d.newID(), "-", "")) // 16 bytes
	copy(bits[:], uuid[len(uuid)-len(bits):])
	return bits
}

// builder creates the functions of the template.
type builder struct {
	options      options
	constructors map[string]constructor
	dependencies dependencies
	stderr       io.Writer
}

// functions returns the functions by name. It reports those without a constructor.
func (b builder) functions() (map[string]sandbox.Function, error) {
	all := map[string]sandbox.Function{}
	for _, f := range b.options.template.Functions {
		newFunction, ok := b.constructors[f.Name]
		if !ok {
			reportUnsupported(b.stderr, template.Unsupported{
				Name: f.Name, Type: "AWS::Serverless::Function", Reason: "no constructor in functions/local/functions.go",
			})
			continue
		}
		function, err := b.function(f, newFunction)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		all[f.Name] = function
	}
	return all, nil
}

// function injects the faults of -fail.
func (b builder) function(f template.Function, newFunction constructor) (sandbox.Function, error) {
	env := lambdaenv.New(func(name string) string { return f.Environment[name] })
	d, name := b.dependencies, env.Optional("POWERTOOLS_SERVICE_NAME", template.Folder(f.Name))
	d.logger = cloudwatch.NewLogger(b.stderr, env.LogLevel(), name)
	d.metrics = cloudwatch.NewMetrics(io.Discard, env.Optional("POWERTOOLS_METRICS_NAMESPACE", "rental"), name, d.now)
	handler, err := newFunction(env, d)
	if invalid := env.Err(); invalid != nil {
		err = invalid
	}
	newHandler := func() lambda.Handler { return lambda.NewHandler(handler) }
	function := sandbox.Function{Name: f.Name, Timeout: f.Timeout, New: newHandler}
	return sandbox.WithFaults(function, b.options.faults[template.Folder(f.Name)]), err
}

// reportUnsupported writes one line about what is not simulated.
func reportUnsupported(w io.Writer, u template.Unsupported) {
	fmt.Fprintf(w, "not simulated: %s (%s): %s\n", u.Name, u.Type, u.Reason)
}
