package functions_test

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory"
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

// wrote is what functions write, by their names in the logs.
type wrote map[string]*bytes.Buffer

// observed is what a function writes its lines with.
func (w wrote) observed(service string) apigateway.Config {
	w[service] = new(bytes.Buffer)
	return apigateway.Config{
		AllowedOrigin: "https://app.example.com", Logger: cloudwatch.NewLogger(w[service], 0, service), Metrics: w.metrics(service), Now: time.Now,
	}
}

func (w wrote) metrics(service string) *cloudwatch.Metrics {
	return cloudwatch.NewMetrics(w[service], "rental-prod", service, time.Now)
}

// costFunctions are all functions as they are deployed, over memory that takes as long as a store. They write to w.
func costFunctions(w wrote) (routers map[string]*apigateway.Router, others map[string]lambda.Handler) {
	profiles, owners, store := memory.NewUsers(), memory.NewOwners(), memory.NewItems()
	topic := snssqs.NewTopic(new(snssqstest.Topic), "arn")

	config := w.observed("users")
	routers = map[string]*apigateway.Router{}
	routers["users"] = apigateway.NewRouter(users.New(slowUsers{profiles}, time.Now, config.Logger).Routes(), config)
	config = w.observed("items")
	catalog := item.NewCatalog(store, store, owners)
	routers["items"] = apigateway.NewRouter(items.New(catalog, items.Config{
		Now: time.Now, Random: func() [10]byte { return [10]byte{} }, Logger: config.Logger,
	}).Routes(), config)

	others = map[string]lambda.Handler{}
	logger := w.observed("userevents").Logger
	others["userevents"] = lambda.NewHandler(userevents.New(topic, nil, userevents.Config{Now: fixtureTime, Logger: logger, Metrics: w.metrics("userevents")}).Handle)
	logger = w.observed("itemsync").Logger
	registry := item.NewRegistry(slowOwners{owners}, store, itemsync.GracePeriod, fixtureTime)
	others["itemsync"] = lambda.NewHandler(itemsync.New(registry, itemsync.Config{Logger: logger, Metrics: w.metrics("itemsync")}).Handle)
	logger = w.observed("republish").Logger
	others["republish"] = lambda.NewHandler(republish.New(profiles, topic, republish.Config{
		Now: time.Now, Logger: logger, Metrics: w.metrics("republish"),
	}).Handle)
	return routers, others
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

// slowOwners is what items know of owners, in an OpenSearch that is called once.
type slowOwners struct{ knownOwners }

type knownOwners = item.Owners // a field of the name of a method would hide it

func (o slowOwners) Merge(ctx context.Context, e item.OwnerEvent) (item.Owner, error) {
	callStore(ctx, storecalls.OpenSearch)
	return o.knownOwners.Merge(ctx, e)
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
