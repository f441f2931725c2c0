package dynamo

import (
	"context"
	"errors"
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

// UsersSchema returns the schema of the table of Users.
func UsersSchema(tableName string) Schema {
	keys := listKeys()
	return Schema{ExpiresAt: "expiresAt", Table: &dynamodb.CreateTableInput{
		TableName:   &tableName,
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: &keys.Partition, AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: &keys.Sort, AttributeType: types.ScalarAttributeTypeN},
		},
		KeySchema:              keySchema(KeyNames{Partition: "id"}),
		GlobalSecondaryIndexes: globalSecondaryIndexes(userIndexes()),
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled:  aws.Bool(true),
			StreamViewType: types.StreamViewTypeNewAndOldImages,
		},
	}}
}

func keySchema(keys KeyNames) []types.KeySchemaElement {
	elements := []types.KeySchemaElement{{AttributeName: &keys.Partition, KeyType: types.KeyTypeHash}}
	if keys.Sort != "" {
		elements = append(elements, types.KeySchemaElement{AttributeName: &keys.Sort, KeyType: types.KeyTypeRange})
	}
	return elements
}

// EnsureUsersTable calls Ensure of the UsersSchema.
func EnsureUsersTable(ctx context.Context, client SchemaAPI, tableName string) error {
	return UsersSchema(tableName).Ensure(ctx, client)
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
