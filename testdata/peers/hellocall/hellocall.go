// Package hellocall is the call of the SDK that a function has to make once, with nothing around it.
package hellocall

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// deadline is how long the call may take.
const deadline = time.Second

// Call reads an item that does not exist, through a client of what Lambda has in the environment, without the SDK's loader
// of configurations.
func Call(ctx context.Context, getenv func(string) string) error {
	client := dynamodb.NewFromConfig(aws.Config{
		Region: getenv("AWS_REGION"), BaseEndpoint: aws.String(getenv("AWS_ENDPOINT_URL_DYNAMODB")),
		Credentials: credentials.NewStaticCredentialsProvider(
			getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN")),
	})
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	_, err := client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(getenv("USERS_TABLE")),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "none"}},
	})
	if err != nil {
		return fmt.Errorf("read an item: %w", err)
	}
	return nil
}
