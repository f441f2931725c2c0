package functions_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory/memoryitems"
	"rental.example/adapters/memory/memoryusers"
	"rental.example/adapters/snssqs"
	"rental.example/adapters/snssqs/snssqstest"
	"rental.example/adapters/storecalls"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
	"rental.example/functions/items"
	"rental.example/functions/itemsync"
	"rental.example/functions/republish"
	"rental.example/functions/userevents"
	"rental.example/functions/users"
)

// ports are the stores, topics and queues that the functions use.
type ports struct {
	users       user.Store
	records     user.RecordStore
	topic       user.Publisher
	deadLetters userevents.DeadLetterQueue
	items       item.Store
	search      item.Search
	holdings    item.Holdings
	owners      item.Owners
}

// handlers returns all functions as they are deployed, by their folders, except for their ports, clocks and output.
func handlers(p ports, output func(service string) io.Writer) map[string]lambda.Handler {
	of := func(service string) (*slog.Logger, *cloudwatch.Metrics) {
		out := output(service)
		return cloudwatch.NewLogger(out, 0, service), cloudwatch.NewMetrics(out, "rental-prod", service, time.Now)
	}
	router := func(routes []apigateway.Route, logger *slog.Logger, metrics *cloudwatch.Metrics) *apigateway.Router {
		return apigateway.NewRouter(routes, apigateway.Config{AllowedOrigin: "https://app.example.com", Logger: logger, Metrics: metrics, Now: time.Now})
	}
	all := map[string]lambda.Handler{}
	logger, metrics := of("users")
	all["users"] = router(users.New(p.users, time.Now, logger).Routes(), logger, metrics)
	logger, metrics = of("items")
	config := items.Config{Now: time.Now, Random: func() (b [10]byte) { return b }, Logger: logger}
	all["items"] = router(items.New(p.items, p.search, p.owners, config).Routes(), logger, metrics)
	logger, metrics = of("userevents")
	all["userevents"] = lambda.NewHandler(userevents.New(p.topic, p.deadLetters, userevents.Config{Now: fixtureTime, Logger: logger, Metrics: metrics}).Handle)
	logger, metrics = of("itemsync")
	registry := item.NewRegistry(p.owners, p.holdings, itemsync.GracePeriod, fixtureTime)
	all["itemsync"] = lambda.NewHandler(itemsync.New(registry, itemsync.Config{Logger: logger, Metrics: metrics}).Handle)
	logger, metrics = of("republish")
	all["republish"] = lambda.NewHandler(republish.New(p.records, p.topic, republish.Config{Now: time.Now, Logger: logger, Metrics: metrics}).Handle)
	return all
}

// outputs are what functions write, by their folders.
type outputs map[string]*bytes.Buffer

func (o outputs) of(service string) io.Writer {
	o[service] = new(bytes.Buffer)
	return o[service]
}

// handlersInMemory returns all functions, over memory that takes as long as a store.
func handlersInMemory(o outputs) map[string]lambda.Handler {
	profiles, owners, stored := memoryusers.New(), memoryitems.NewOwners(), memoryitems.NewItems()
	return handlers(ports{users: slowUsers{profiles}, records: profiles, topic: snssqs.NewTopic(new(snssqstest.Topic), "arn"),
		items: stored, search: stored, holdings: stored, owners: slowOwners{owners}}, o.of)
}

// slowUsers is a store of profiles that calls DynamoDB once.
type slowUsers struct{ user.Store }

func (s slowUsers) Get(ctx context.Context, id domain.UserID) (user.Profile, error) {
	callStore(ctx, storecalls.DynamoDB)
	return s.Store.Get(ctx, id)
}

func (s slowUsers) Save(ctx context.Context, p user.Profile, cond domain.Condition) (user.Profile, bool, error) {
	callStore(ctx, storecalls.DynamoDB)
	return s.Store.Save(ctx, p, cond)
}

// slowOwners is a store of owners that calls OpenSearch once.
type slowOwners struct{ allOwners }

type allOwners = item.Owners // a field of the name of a method would hide it

func (o slowOwners) Merge(ctx context.Context, e item.OwnerEvent) (item.Owner, error) {
	callStore(ctx, storecalls.OpenSearch)
	return o.allOwners.Merge(ctx, e)
}

func callStore(ctx context.Context, store storecalls.Store) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://store.invalid", nil)
	if err == nil {
		_, err = storecalls.NewTransport(store, func(*http.Request) (*http.Response, error) {
			time.Sleep(7891 * time.Microsecond)
			return &http.Response{StatusCode: http.StatusOK}, nil
		}).Do(r)
	}
	if err != nil {
		panic(err) // it always responds
	}
}
