package dynamo_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
)

// reading is a record of a table that exists in these tests only, with the sensor as partition key and the day as sort key.
type reading struct {
	Sensor string `dynamodbav:"sensor"`
	Day    string `dynamodbav:"day"`
	Author string `dynamodbav:"author"`
}

// A Table needs a struct and key names; its conditions are expressions of the SDK.
func Example() {
	ctx, client := context.Background(), new(fakeAPI) // dynamo.NewClient(cfg) in a function
	readings := dynamo.NewTable[reading](client, "readings", dynamo.KeyNames{Partition: "sensor", Sort: "day"})

	free := expression.Name("day").AttributeNotExists()
	for _, day := range []string{"2030-05-01", "2030-05-02"} {
		if _, err := readings.Put(ctx, reading{Sensor: "attic", Day: day, Author: "jane"}, free); err != nil {
			fmt.Println(err)
		}
	}
	page, err := readings.Query(ctx, dynamo.Query[reading]{
		KeyCondition: expression.Key("sensor").Equal(expression.Value("attic")).
			And(expression.Key("day").GreaterThan(expression.Value("2030-04-30"))),
		Limit: 10,
	})
	fmt.Println(page.Records, page.Next == nil, err)
	// Output: [{attic 2030-05-01 jane} {attic 2030-05-02 jane}] true <nil>
}

// fakeAPI ignores conditions, and returns all items for any query.
type fakeAPI struct {
	dynamo.API
	items []map[string]types.AttributeValue
}

func (f *fakeAPI) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	f.items = append(f.items, in.Item)
	return &dynamodb.PutItemOutput{}, nil
}

func (f *fakeAPI) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return &dynamodb.QueryOutput{Items: f.items}, nil
}
