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
	"rental.example/adapters/memory"
	"rental.example/adapters/opensearch"
	"rental.example/domain/item"
	"rental.example/domain/user"
	"rental.example/functions/itemsync"
	"rental.example/functions/local/pipeline"
	"rental.example/functions/local/sandbox"
)

// stores are what the functions keep things in.
type stores struct {
	profiles interface {
		user.Store
		user.RecordStore
	}
	changes  pipeline.Source // of the profiles
	catalog  *item.Catalog
	registry *item.Registry
}

func newStores(ctx context.Context, o options, newID func() string, logger *slog.Logger) (stores, error) {
	var s stores
	if o.dynamodb == "" {
		s.keepProfiles(newID, logger)
	} else if err := s.openTable(ctx, o, logger); err != nil {
		return s, fmt.Errorf("-dynamodb %s: %w", o.dynamodb, err)
	}
	if o.opensearch != "" {
		return s, s.openIndices(o)
	}
	return s, s.keepItems(ctx, o)
}

// keepProfiles has them in memory, and their changes in a stream there.
func (s *stores) keepProfiles(newID func() string, logger *slog.Logger) {
	profiles, stream := memory.NewUsers(), pipeline.NewStream(newID)
	profiles.OnChange(func(before, after user.Record) {
		err := stream.Put(func(eventID, sequence string) (json.RawMessage, error) {
			return dynamo.UserChange{EventID: eventID, SequenceNumber: sequence, Before: before, After: after}.Record()
		})
		if err != nil {
			logger.Error("a change of a profile is not told", "error", err)
		}
	})
	s.profiles, s.changes = profiles, stream
}

// openTable makes the table if it is missing, now and later, and finds its stream. Engines for development take any
// credentials and any region.
func (s *stores) openTable(ctx context.Context, o options, logger *slog.Logger) error {
	config := aws.Config{
		Region: sandbox.Region, BaseEndpoint: &o.dynamodb,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
	table := ownTable{dynamo.NewClient(config), o.table}
	if err := table.ensure(ctx); err != nil {
		return err
	}
	arn, err := table.stream(ctx)
	if err != nil {
		return err
	}
	s.profiles = dynamo.NewUsers(table, o.table)
	s.changes = pipeline.NewTableStream(dynamodbstreams.NewFromConfig(config), arn, table.stream, logger)
	return nil
}

// keepItems has them in memory, with the demo ones.
func (s *stores) keepItems(ctx context.Context, o options) error {
	items, owners := memory.NewItems(), memory.NewOwners()
	s.catalog, s.registry = item.NewCatalog(items, items, owners), newRegistry(owners, items, o)
	if !o.demo {
		return nil
	}
	return addDemoItems(ctx, items, owners)
}

func (s *stores) openIndices(o options) error {
	client, err := opensearch.NewClient(opensearch.Config{
		Endpoint: o.opensearch, Alias: o.alias, Service: opensearch.ServiceNone,
	})
	if err != nil {
		return fmt.Errorf("-opensearch %s: %w", o.opensearch, err)
	}
	items, owners := opensearch.NewItems(client), opensearch.NewOwners(client)
	s.catalog, s.registry = item.NewCatalog(items, items, owners), newRegistry(owners, opensearch.NewHoldings(client), o)
	return nil
}

// newRegistry has a clock that goes, also where the API's is frozen: nothing would ever settle.
func newRegistry(owners item.Owners, holdings item.Holdings, o options) *item.Registry {
	return item.NewRegistry(owners, holdings, itemsync.GracePeriod/time.Duration(o.speed), time.Now)
}
