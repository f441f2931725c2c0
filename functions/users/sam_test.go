package users_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/adapters/samtest"
	"rental.example/domain"
)

// TestUnderSAM replays the fixtures against the function that "sam build" built, in a container, with a real engine. The
// responses are those of the goldens.
func TestUnderSAM(t *testing.T) {
	samtest.Endpoint(t, "SAM_LAMBDA_ENDPOINT", "sam-lambda,dynamodb")
	endpoint := samtest.Endpoint(t, "DYNAMODB_ENDPOINT", "sam-lambda,dynamodb")
	client := dynamo.NewClient(dynamotest.Config(endpoint))
	const table = "users" // as in testdata/env.json
	if err := dynamousers.Schema(table).Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	for _, c := range apigatewaytest.Cases(t, root, "users") {
		if _, fails := storeFor(c.Name, nil); fails {
			continue // a real engine does not fail on demand
		}
		t.Run(c.Name, func(t *testing.T) {
			empty(t, client, table)
			store := dynamousers.New(client, table)
			seed(t, store)
			deleteTooOften(t, store, time.Now()) // the day of the deployed function's clock
			got := apigatewaytest.ParseResponse(t, samtest.Invoke(t, "UsersFunction", c.Event))
			c.Check(t, atFixtureTime(got))
		})
	}
}

// empty deletes the records of the previous fixture.
func empty(t *testing.T, client *dynamodb.Client, table string) {
	t.Helper()
	for digit := range 10 {
		d := strconv.Itoa(digit)
		sub := strings.Join([]string{strings.Repeat(d, 8), strings.Repeat(d, 4), "4" + strings.Repeat(d, 3), "8" + strings.Repeat(d, 3), strings.Repeat(d, 12)}, "-")
		_, err := client.DeleteItem(context.Background(), &dynamodb.DeleteItemInput{
			TableName: &table, Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: string(domain.UserIDOf(sub))}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// atFixtureTime replaces the current time, which the deployed function reads from its clock, by the time of the fixtures.
func atFixtureTime(a apigatewaytest.Response) apigatewaytest.Response {
	fixture := now.Format(time.RFC3339Nano)
	if body, ok := a.Body.(map[string]any); ok {
		for _, name := range []string{"createdAt", "updatedAt"} {
			if text, ok := body[name].(string); ok && text > fixture {
				body[name] = fixture
			}
		}
	}
	version, err := strconv.ParseInt(strings.Trim(a.Headers["ETag"], `"`), 10, 64)
	if err == nil && version > now.UnixMicro() {
		a.Headers["ETag"] = `"` + strconv.FormatInt(now.UnixMicro(), 10) + `"`
	}
	return a
}
