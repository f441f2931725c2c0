package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/dynamo"
	"rental.example/adapters/memory"
	"rental.example/adapters/opensearch"
	"rental.example/domain/item"
	"rental.example/domain/user"
	"rental.example/functions/local/gateway"
)

// functionTimeout is what template.yaml gives the functions behind the API.
const functionTimeout = 10 * time.Second

// newFunction is what the bootstrap of functions/<service> runs, with another clock and other stores.
func newFunction(service string, routes []apigateway.Route, o options, now func() time.Time, stderr io.Writer) gateway.Function {
	router := apigateway.NewRouter(routes, apigateway.Config{
		AllowedOrigin: o.origin, Now: now,
		Logger:  cloudwatch.NewLogger(stderr, o.logLevel, service),
		Metrics: cloudwatch.NewMetrics(io.Discard, "rental", service, now),
	})
	return gateway.Function{
		Name: strings.ToUpper(service[:1]) + service[1:] + "Function", Timeout: functionTimeout, Routes: routes,
		New: func() lambda.Handler { return lambda.NewHandler(router.Serve) },
	}
}

func newUserStore(ctx context.Context, o options) (user.Store, error) {
	if o.dynamodb == "" {
		return memory.NewUsers(), nil
	}
	// Engines for development take any credentials and any region.
	client := dynamo.NewClient(aws.Config{
		Region: "us-east-1", BaseEndpoint: &o.dynamodb,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	if err := dynamo.EnsureUsersTable(ctx, client, o.table); err != nil {
		return nil, fmt.Errorf("-dynamodb %s: %w", o.dynamodb, err)
	}
	return dynamo.NewUsers(client, o.table), nil
}

// newCatalog is the items in memory, with the demo ones, or in the engine that -opensearch names.
func newCatalog(ctx context.Context, o options) (*item.Catalog, error) {
	if o.opensearch == "" {
		items, owners := memory.NewItems(), memory.NewOwners()
		if o.demo {
			if err := addDemoItems(ctx, items, owners); err != nil {
				return nil, err
			}
		}
		return item.NewCatalog(items, items, owners), nil
	}
	client, err := opensearch.NewClient(opensearch.Config{
		Endpoint: o.opensearch, Alias: o.alias, Service: opensearch.ServiceNone,
	})
	if err != nil {
		return nil, fmt.Errorf("-opensearch %s: %w", o.opensearch, err)
	}
	items := opensearch.NewItems(client)
	return item.NewCatalog(items, items, opensearch.NewOwners(client)), nil
}

// random takes the bits of a new id from one of newID, so that they are frozen where ids are.
func random(newID func() string) func() [10]byte {
	return func() (b [10]byte) {
		uuid, _ := hex.DecodeString(strings.ReplaceAll(newID(), "-", "")) // 16 bytes
		copy(b[:], uuid[len(uuid)-len(b):])
		return b
	}
}
