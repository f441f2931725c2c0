package dynamo_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
)

// booking is a record of a second table, with the item as partition key and the day as sort key.
type booking struct {
	ItemID string `dynamodbav:"itemId"`
	Day    string `dynamodbav:"day"`
	Renter string `dynamodbav:"renter"`
}

// A Table needs a struct and key names; its conditions are expressions of the SDK.
func Example() {
	ctx, client := context.Background(), new(fakeAPI) // dynamo.NewClient(cfg) in a function
	bookings := dynamo.NewTable[booking](client, "bookings", dynamo.KeyNames{Partition: "itemId", Sort: "day"})

	free := expression.Name("day").AttributeNotExists()
	for _, day := range []string{"2030-05-01", "2030-05-02"} {
		if _, err := bookings.Put(ctx, booking{ItemID: "tent", Day: day, Renter: "jane"}, free); err != nil {
			fmt.Println(err)
		}
	}
	page, err := bookings.Query(ctx, dynamo.Query[booking]{
		KeyCondition: expression.Key("itemId").Equal(expression.Value("tent")).
			And(expression.Key("day").GreaterThan(expression.Value("2030-04-30"))),
		Limit: 10,
	})
	fmt.Println(page.Records, page.Next == nil, err)
	// Output: [{tent 2030-05-01 jane} {tent 2030-05-02 jane}] true <nil>
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
