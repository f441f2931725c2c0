package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
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
	"rental.example/functions/local/template"
)

// stores creates the stores of the functions, in memory or in the engines of the flags. Functions that name the same table
// or index share its store.
type stores struct {
	options options
	events  *pipeline.Pipeline
	logger  *slog.Logger
	engine  *tableEngine // nil: tables in memory
	byTable map[string]userStore
	byAlias map[string]itemStore
}

func newStores(ctx context.Context, o options, events *pipeline.Pipeline, logger *slog.Logger) (*stores, error) {
	s := &stores{options: o, events: events, logger: logger, byTable: map[string]userStore{}, byAlias: map[string]itemStore{}}
	if o.dynamodb == "" {
		return s, nil
	}
	var err error
	if s.engine, err = newTableEngine(ctx, o, logger); err != nil {
		return nil, fmt.Errorf("-dynamodb %s: %w", o.dynamodb, err)
	}
	return s, nil
}

// once returns the value of a key, which is created for the first call.
func once[T any](values map[string]T, key string, create func() (T, error)) (T, error) {
	if value, ok := values[key]; ok {
		return value, nil
	}
	value, err := create()
	if err == nil {
		values[key] = value
	}
	return value, err
}

type userStore interface {
	user.Store
	user.RecordStore
}

// users returns the store of profiles over a table.
func (s *stores) users(table string) userStore {
	store, _ := once(s.byTable, table, func() (userStore, error) { // it never fails
		if s.engine != nil {
			return dynamousers.New(s.engine.tableClient, table), nil
		}
		users, stream := memoryusers.New(), s.events.Stream(table)
		users.OnChange(func(before, after user.Record) {
			err := stream.Put(func(eventID, sequence string) (json.RawMessage, error) {
				return dynamousers.Change{EventID: eventID, SequenceNumber: sequence, Before: before, After: after}.Record()
			})
			if err != nil {
				s.logger.Error("cannot write profile change to the stream", "error", err)
			}
		})
		return users, nil
	})
	return store
}

// itemStore is an index of items and that of their owners.
type itemStore struct {
	items    item.Store
	search   item.Search
	owners   item.Owners
	registry *item.Registry
}

// items returns the store over the indices of an alias.
func (s *stores) items(alias string, shards int) (itemStore, error) {
	return once(s.byAlias, alias, func() (itemStore, error) {
		if s.options.opensearch != "" {
			return s.openSearchItems(alias, shards)
		}
		items, owners := memoryitems.NewItems(), memoryitems.NewOwners()
		store := itemStore{items, items, owners, s.newRegistry(owners, items)}
		if !s.options.demo {
			return store, nil
		}
		return store, addDemoItems(context.Background(), items, owners)
	})
}

func (s *stores) openSearchItems(alias string, shards int) (itemStore, error) {
	engine := opensearch.Config{Endpoint: s.options.opensearch, Service: opensearch.ServiceNone}
	client, err := opensearchitems.NewClient(engine, alias, shards)
	if err != nil {
		return itemStore{}, fmt.Errorf("-opensearch %s: %w", s.options.opensearch, err)
	}
	items, owners := opensearchitems.NewItems(client), opensearchitems.NewOwners(client)
	return itemStore{items, items, owners, s.newRegistry(owners, opensearchitems.NewHoldings(client))}, nil
}

// newRegistry returns a registry with the real clock, also where the API's clock is frozen: the grace period must end.
func (s *stores) newRegistry(owners item.Owners, holdings item.Holdings) *item.Registry {
	return item.NewRegistry(owners, holdings, itemsync.GracePeriod/time.Duration(s.options.speed), time.Now)
}

// source returns the streams of the tables: nil for those in memory.
func (s *stores) source() func(template.Table) pipeline.Source {
	if s.engine == nil {
		return nil
	}
	return s.engine.source
}

// tableEngine is the DynamoDB of -dynamodb.
type tableEngine struct {
	tableClient
	config  aws.Config
	logger  *slog.Logger
	streams map[string]string // ARNs by the name of the table
}

// engineConfig returns the configuration of an engine for development, which accepts any credentials and region.
func engineConfig(endpoint string) aws.Config {
	return aws.Config{
		Region: sandbox.Region, BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

// newTableEngine creates the tables that functions name if they are missing, now and later.
func newTableEngine(ctx context.Context, o options, logger *slog.Logger) (*tableEngine, error) {
	config := engineConfig(o.dynamodb)
	e := &tableEngine{tableClient{dynamo.NewClient(config), o.template.Tables}, config, logger, map[string]string{}}
	for _, table := range o.template.Tables {
		reads := slices.ContainsFunc(o.template.StreamMappings, func(m template.StreamMapping) bool { return m.Table == table.ID })
		if !reads && !o.template.Names(table) {
			continue
		}
		if err := schemaOf(table).Ensure(ctx, e.client); err != nil {
			return nil, err
		}
		if !reads {
			continue
		}
		arn, err := streamARN(ctx, e.client, table.Name)
		if err != nil {
			return nil, err
		}
		e.streams[table.Name] = arn
	}
	return e, nil
}

// source returns the stream of a table for one mapping.
func (e *tableEngine) source(table template.Table) pipeline.Source {
	locate := func(ctx context.Context) (string, error) { return streamARN(ctx, e.client, table.Name) }
	return pipeline.NewTableStream(dynamodbstreams.NewFromConfig(e.config), e.streams[table.Name], locate, e.logger)
}
