package dynamo_test

import (
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamotest"
)

// TestConcurrentEnsure creates a table with a TTL, indexes and a stream twice at once.
func TestConcurrentEnsure(t *testing.T) {
	t.Parallel()
	client := dynamotest.Client(t)
	schema := func(name string) dynamo.Schema {
		s := readingsSchema(name)
		s.AddIndex("byAuthor", dynamo.KeyNames{Partition: "author", Sort: "day"}, types.ScalarAttributeTypeS, []string{"value"})
		s.AddStream()
		s.ExpiresAt = "expiresAt"
		return s
	}
	name := dynamotest.NewTable(t, client, schema)
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			if err := schema(name).Ensure(t.Context(), client); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	ttl, err := client.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil || aws.ToString(ttl.TimeToLiveDescription.AttributeName) != "expiresAt" {
		t.Errorf("TTL %+v, %v; want expiresAt", ttl, err)
	}
	table, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
	if err != nil || len(table.Table.GlobalSecondaryIndexes) != 1 || table.Table.LatestStreamArn == nil {
		t.Errorf("table %+v, %v; want an index and a stream", table, err)
	}
}
