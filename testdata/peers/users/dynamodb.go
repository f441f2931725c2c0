package users

import (
	"context"
	"fmt"
	"hash/fnv"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// DynamoDB is a Store in a table.
type DynamoDB struct {
	client *dynamodb.Client
	table  string
}

// Connect makes a store in the table that USERS_TABLE names, with the configuration that the SDK finds.
func Connect(ctx context.Context) (*DynamoDB, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the SDK's configuration: %w", err)
	}
	return &DynamoDB{client: dynamodb.NewFromConfig(cfg), table: os.Getenv("USERS_TABLE")}, nil
}

const (
	saving = "SET #name = :name, email = :email, emailVerified = :emailVerified, #sub = :sub, userType = :userType, " +
		"ratings = :ratings, typeShard = :typeShard, version = :version, updatedAt = :updatedAt, " +
		"requestId = :requestId, createdAt = if_not_exists(createdAt, :version) REMOVE deletedAt, expiresAt"
	newer = "attribute_not_exists(version) OR version < :version"
)

// Save implements Store, by one request.
func (d *DynamoDB) Save(ctx context.Context, p Profile) (Profile, bool, error) {
	values, err := attributevalue.MarshalMap(map[string]any{
		":name": p.Name, ":email": p.Email, ":sub": p.Sub, ":emailVerified": p.EmailVerified, ":userType": p.UserType, ":ratings": p.Ratings,
		":typeShard": p.TypeShard, ":version": p.Version, ":updatedAt": p.UpdatedAt, ":requestId": p.RequestID,
	})
	if err != nil {
		return Profile{}, false, fmt.Errorf("marshal the profile: %w", err)
	}
	out, err := d.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(d.table), Key: key(p.ID),
		UpdateExpression: aws.String(saving), ConditionExpression: aws.String(newer),
		ExpressionAttributeNames: map[string]string{"#name": "name", "#sub": "sub"}, ExpressionAttributeValues: values,
		ReturnValues: types.ReturnValueAllOld,
	})
	if err != nil {
		return Profile{}, false, fmt.Errorf("update the profile: %w", err)
	}
	if len(out.Attributes) == 0 {
		return p, true, nil
	}
	var old Profile
	if err := attributevalue.UnmarshalMap(out.Attributes, &old); err != nil {
		return Profile{}, false, fmt.Errorf("unmarshal the old profile: %w", err)
	}
	p.CreatedAt = old.CreatedAt
	return p, false, nil
}

// Get implements Store.
func (d *DynamoDB) Get(ctx context.Context, id string) (Profile, error) {
	out, err := d.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(d.table), Key: key(id), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return Profile{}, fmt.Errorf("get the profile: %w", err)
	}
	if len(out.Item) == 0 {
		return Profile{}, ErrNotFound
	}
	var p Profile
	if err := attributevalue.UnmarshalMap(out.Item, &p); err != nil {
		return Profile{}, fmt.Errorf("unmarshal the profile: %w", err)
	}
	return p, nil
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

// shardOf is the partition of the index by type, as adapters/dynamo spreads profiles.
func shardOf(userType, id string) string {
	h := fnv.New32a()
	h.Write([]byte(id)) // never fails
	return fmt.Sprintf("%s#%02d", userType, h.Sum32()%16)
}
