package dynamo_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
)

// booking is a record of a second table: its key is the item, then the day.
type booking struct {
	ItemID string `dynamodbav:"itemId"`
	Day    string `dynamodbav:"day"`
	Renter string `dynamodbav:"renter"`
}

// A table of your own is a struct, its key, and calls with the SDK's own expressions.
func Example() {
	ctx, client := context.Background(), new(keeper) // dynamo.NewClient(cfg), outside of an example
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

// keeper stands in for a *dynamodb.Client where none can be reached: it keeps what is put, whatever
// the condition, and answers any query with all of it.
type keeper struct {
	dynamo.API
	items []map[string]types.AttributeValue
}

func (k *keeper) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	k.items = append(k.items, in.Item)
	return &dynamodb.PutItemOutput{}, nil
}

func (k *keeper) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return &dynamodb.QueryOutput{Items: k.items}, nil
}
