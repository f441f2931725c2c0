package dynamo

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// SchemaAPI is the part of *dynamodb.Client that Schema.Ensure uses.
type SchemaAPI interface {
	CreateTable(context.Context, *dynamodb.CreateTableInput, ...func(*dynamodb.Options)) (*dynamodb.CreateTableOutput, error)
	DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error)
	DescribeTimeToLive(context.Context, *dynamodb.DescribeTimeToLiveInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTimeToLiveOutput, error)
	UpdateTimeToLive(context.Context, *dynamodb.UpdateTimeToLiveInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateTimeToLiveOutput, error)
}

var _ SchemaAPI = (*dynamodb.Client)(nil)

// Schema describes a table for a local engine. template.yaml has the deployed tables; tests compare the two.
type Schema struct {
	Table     *dynamodb.CreateTableInput
	ExpiresAt string // the TTL attribute; empty for none
}

// NewSchema returns the schema of a table that is paid by the request, with keys of type string.
func NewSchema(tableName string, keys KeyNames) Schema {
	s := Schema{Table: &dynamodb.CreateTableInput{
		TableName: &tableName, BillingMode: types.BillingModePayPerRequest, KeySchema: keySchema(keys),
	}}
	s.define(keys, types.ScalarAttributeTypeS)
	return s
}

// AddIndex adds a global secondary index with a partition key of type string and a sort key of the given type. It contains
// the items that have both attributes: their keys and the attributes projected.
func (s *Schema) AddIndex(name string, keys KeyNames, sortType types.ScalarAttributeType, projected []string) {
	s.define(keys, sortType)
	s.Table.GlobalSecondaryIndexes = append(s.Table.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
		IndexName: &name, KeySchema: keySchema(keys),
		Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: projected},
	})
}

// AddStream adds a stream whose records ParseChange parses.
func (s *Schema) AddStream() {
	s.Table.StreamSpecification = &types.StreamSpecification{
		StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages,
	}
}

// define adds the definitions of key attributes, unless the table has them.
func (s *Schema) define(keys KeyNames, sortType types.ScalarAttributeType) {
	add := func(name string, kind types.ScalarAttributeType) {
		defined := func(d types.AttributeDefinition) bool { return *d.AttributeName == name }
		if all := &s.Table.AttributeDefinitions; name != "" && !slices.ContainsFunc(*all, defined) {
			*all = append(*all, types.AttributeDefinition{AttributeName: &name, AttributeType: kind})
		}
	}
	add(keys.Partition, types.ScalarAttributeTypeS)
	add(keys.Sort, sortType)
}

func keySchema(keys KeyNames) []types.KeySchemaElement {
	elements := []types.KeySchemaElement{{AttributeName: &keys.Partition, KeyType: types.KeyTypeHash}}
	if keys.Sort != "" {
		elements = append(elements, types.KeySchemaElement{AttributeName: &keys.Sort, KeyType: types.KeyTypeRange})
	}
	return elements
}

const (
	creationLimit    = 2 * time.Minute
	creationInterval = 100 * time.Millisecond // between the first polls
)

// Ensure creates the table if it does not exist, waits until it is active, and enables its TTL. It changes nothing else of
// an existing table. Concurrent calls are safe.
func (s Schema) Ensure(ctx context.Context, client SchemaAPI) error {
	name := *s.Table.TableName
	var exists *types.ResourceInUseException
	if _, err := client.CreateTable(ctx, s.Table); err != nil && !errors.As(err, &exists) {
		return classify("CreateTable", name, err)
	}
	ready := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = creationInterval, 50*creationInterval
	})
	if err := ready.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, creationLimit); err != nil {
		return classify("DescribeTable", name, err)
	}
	if s.ExpiresAt == "" {
		return nil
	}
	return s.ensureTTL(ctx, client, name)
}

// ensureTTL enables the TTL unless it is enabled: DynamoDB refuses to enable it twice.
func (s Schema) ensureTTL(ctx context.Context, client SchemaAPI, name string) error {
	out, err := client.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil {
		return classify("DescribeTimeToLive", name, err)
	}
	if d := out.TimeToLiveDescription; d != nil && d.TimeToLiveStatus != types.TimeToLiveStatusDisabled {
		return nil
	}
	_, err = client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{
			AttributeName: &s.ExpiresAt, Enabled: aws.Bool(true),
		},
	})
	if err != nil {
		return classify("UpdateTimeToLive", name, err)
	}
	return nil
}
