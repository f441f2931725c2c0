package dynamo

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// SchemaAPI is what Schema.Ensure needs of a *dynamodb.Client.
type SchemaAPI interface {
	CreateTable(context.Context, *dynamodb.CreateTableInput, ...func(*dynamodb.Options)) (*dynamodb.CreateTableOutput, error)
	DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error)
	DescribeTimeToLive(context.Context, *dynamodb.DescribeTimeToLiveInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTimeToLiveOutput, error)
	UpdateTimeToLive(context.Context, *dynamodb.UpdateTimeToLiveInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateTimeToLiveOutput, error)
}

var _ SchemaAPI = (*dynamodb.Client)(nil)

// Schema is a table as it has to be. What is deployed is template.yaml's; a test holds the two against
// each other.
type Schema struct {
	Table     *dynamodb.CreateTableInput
	ExpiresAt string // the attribute with the second after which an item may go; empty for none
}

// UsersSchema is the table that Users keeps profiles in.
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
		GlobalSecondaryIndexes: secondary(userIndexes()),
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

// EnsureUsersTable makes the table of UsersSchema if it is missing, and waits until it can be used.
// It is for engines on one's own machine; what is deployed is made by template.yaml.
func EnsureUsersTable(ctx context.Context, client SchemaAPI, tableName string) error {
	return UsersSchema(tableName).Ensure(ctx, client)
}

const (
	creationLimit    = 2 * time.Minute
	creationInterval = 100 * time.Millisecond // at first
)

// Ensure makes the table if it is missing, and waits until it can be used. A table that is there stays
// as it is, but for the expiry of its items. Two may do so at once.
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
	return s.ensureExpiry(ctx, client, name)
}

// ensureExpiry looks before it sets, since DynamoDB refuses to set what is set already.
func (s Schema) ensureExpiry(ctx context.Context, client SchemaAPI, name string) error {
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
