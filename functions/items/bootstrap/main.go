// Command bootstrap is the items function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants
// the binary under this name.
package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/coldstart"
	"rental.example/adapters/lambdaenv"
	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/domain/item"
	"rental.example/functions/items"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	env := lambdaenv.New(os.Getenv)
	var (
		engine = opensearch.Config{
			Endpoint: env.Required("OPEN_SEARCH_END_POINT"), Service: env.Required("OPEN_SEARCH_SERVICE"), AWS: env.AWS("ES"),
		}
		alias   = env.Required("OPEN_SEARCH_INDEX")
		shards  = env.Count("OPEN_SEARCH_SHARDS", 1)
		origin  = env.Origin("ALLOWED_ORIGIN")
		name    = env.Optional("POWERTOOLS_SERVICE_NAME", "items")
		logger  = cloudwatch.NewLogger(os.Stdout, env.LogLevel(), name)
		metrics = cloudwatch.NewMetrics(os.Stdout, env.Optional("POWERTOOLS_METRICS_NAMESPACE", "rental"), name, time.Now)
	)
	if err := env.Err(); err != nil {
		return err
	}
	client, err := opensearchitems.NewClient(engine, alias, shards)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	store := opensearchitems.NewItems(client)
	service := items.New(item.NewCatalog(store, store, opensearchitems.NewOwners(client)), items.Config{Now: time.Now, Random: random, Logger: logger})
	router := apigateway.NewRouter(service.Routes(), apigateway.Config{
		AllowedOrigin: origin, Logger: logger, Metrics: metrics, Now: time.Now,
	})
	coldstart.WarmUp(client.Ping)
	lambda.Start(router)
	return nil
}

func random() (b [10]byte) {
	_, _ = rand.Read(b[:]) // never fails
	return b
}
