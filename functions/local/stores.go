package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/adapters/memory/memoryitems"
	"rental.example/adapters/memory/memoryusers"
	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/domain/item"
	"rental.example/domain/user"
	"rental.example/functions/itemsync"
	"rental.example/functions/local/pipeline"
	"rental.example/functions/local/sandbox"
)

// stores are the stores of all functions.
type stores struct {
	profiles interface {
		user.Store
		user.RecordStore
	}
	changes  pipeline.Source // of the profiles
	items    item.Store
	search   item.Search
	owners   item.Owners
	registry *item.Registry
}

func newStores(ctx context.Context, o options, newID func() string, logger *slog.Logger) (stores, error) {
	var s stores
	if o.dynamodb == "" {
		s.useMemoryUsers(newID, logger)
	} else if err := s.useDynamoDB(ctx, o, logger); err != nil {
		return s, fmt.Errorf("-dynamodb %s: %w", o.dynamodb, err)
	}
	if o.opensearch != "" {
		return s, s.useOpenSearch(o)
	}
	return s, s.useMemoryItems(ctx, o)
}

func (s *stores) useMemoryUsers(newID func() string, logger *slog.Logger) {
	profiles, stream := memoryusers.New(), pipeline.NewStream(newID)
	profiles.OnChange(func(before, after user.Record) {
		err := stream.Put(func(eventID, sequence string) (json.RawMessage, error) {
			return dynamousers.Change{EventID: eventID, SequenceNumber: sequence, Before: before, After: after}.Record()
		})
		if err != nil {
			logger.Error("cannot write profile change to the stream", "error", err)
		}
	})
	s.profiles, s.changes = profiles, stream
}

// engineConfig returns the configuration of an engine for development, which accepts any credentials and region.
func engineConfig(endpoint string) aws.Config {
	return aws.Config{
		Region: sandbox.Region, BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

// useDynamoDB creates the table if it is missing, now and later.
func (s *stores) useDynamoDB(ctx context.Context, o options, logger *slog.Logger) error {
	config := engineConfig(o.dynamodb)
	client := dynamo.NewClient(config)
	if err := dynamousers.Schema(o.table).Ensure(ctx, client); err != nil {
		return err
	}
	locate := func(ctx context.Context) (string, error) { return streamARN(ctx, client, o.table) }
	arn, err := locate(ctx)
	if err != nil {
		return err
	}
	s.profiles = dynamousers.New(tableClient{client, o.table}, o.table)
	s.changes = pipeline.NewTableStream(dynamodbstreams.NewFromConfig(config), arn, locate, logger)
	return nil
}

func (s *stores) useMemoryItems(ctx context.Context, o options) error {
	items, owners := memoryitems.NewItems(), memoryitems.NewOwners()
	s.items, s.search, s.owners, s.registry = items, items, owners, newRegistry(owners, items, o)
	if !o.demo {
		return nil
	}
	return addDemoItems(ctx, items, owners)
}

func (s *stores) useOpenSearch(o options) error {
	client, err := opensearchitems.NewClient(opensearch.Config{Endpoint: o.opensearch, Service: opensearch.ServiceNone}, o.alias, 0)
	if err != nil {
		return fmt.Errorf("-opensearch %s: %w", o.opensearch, err)
	}
	items, owners := opensearchitems.NewItems(client), opensearchitems.NewOwners(client)
	s.items, s.search, s.owners, s.registry = items, items, owners, newRegistry(owners, opensearchitems.NewHoldings(client), o)
	return nil
}

// newRegistry returns a registry with the real clock, also where the API's clock is frozen: the grace period must end.
func newRegistry(owners item.Owners, holdings item.Holdings, o options) *item.Registry {
	return item.NewRegistry(owners, holdings, itemsync.GracePeriod/time.Duration(o.speed), time.Now)
}
