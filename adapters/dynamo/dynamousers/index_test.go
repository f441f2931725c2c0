package dynamousers_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/domain"
	"rental.example/domain/user"
)

func TestListIndexExists(t *testing.T) {
	t.Parallel()
	if names := dynamousers.IndexNames(); !slices.Contains(names, dynamousers.ListIndex) {
		t.Errorf("List queries %s; the schema has %v", dynamousers.ListIndex, names)
	}
}

// TestChangeOfProjection creates a second index, lists by it, and deletes the first, during writes. List returns all
// profiles at any time.
func TestChangeOfProjection(t *testing.T) {
	t.Parallel()
	client := dynamotest.Client(t)
	table := dynamotest.NewTable(t, client, dynamousers.Schema)
	store := dynamousers.New(client, table)
	next := store.WithListIndex("byTypeShard2")
	saved := 0
	save := func(n int) {
		t.Helper()
		for range n {
			saved++
			p := profileAt(t, newID(), noon.Add(time.Duration(saved)*time.Second), "request-1")
			if _, _, err := store.Save(t.Context(), p, domain.Condition{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	save(20)
	changeIndex(t, client, table, types.GlobalSecondaryIndexUpdate{Create: &types.CreateGlobalSecondaryIndexAction{
		IndexName: aws.String("byTypeShard2"),
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("typeShard"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("createdAt"), KeyType: types.KeyTypeRange},
		},
		Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude,
			NonKeyAttributes: []string{"name", "userType", "ratings", "version", "updatedAt"}},
	}})
	save(5)
	old := listed(t, store, saved)
	if diff := cmp.Diff(old, listed(t, next, saved)); diff != "" {
		t.Errorf("the lists differ (-old +new):\n%s", diff)
	}
	changeIndex(t, client, table, types.GlobalSecondaryIndexUpdate{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String("byTypeShard")}})
	save(5)
	listed(t, next, saved)
	if _, err := store.List(t.Context(), user.ListQuery{Limit: 1}); err == nil {
		t.Error("the old index still exists")
	}
}

// listed returns all profiles of List, which must be n.
func listed(t *testing.T, store *dynamousers.Store, n int) []user.Public {
	t.Helper()
	page, err := store.List(t.Context(), user.ListQuery{Limit: 100})
	if err != nil || len(page.Profiles) != n {
		t.Fatalf("%d profiles, want %d: %v", len(page.Profiles), n, err)
	}
	return page.Profiles
}

// changeIndex creates or deletes an index and waits until that is done.
func changeIndex(t *testing.T, client *dynamodb.Client, table string, change types.GlobalSecondaryIndexUpdate) {
	t.Helper()
	_, err := client.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{
		TableName: &table, GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{change},
		AttributeDefinitions: dynamousers.Schema(table).Table.AttributeDefinitions,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		out, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table})
		if err != nil {
			t.Fatal(err)
		}
		busy := func(x types.GlobalSecondaryIndexDescription) bool { return x.IndexStatus != types.IndexStatusActive }
		if out.Table.TableStatus == types.TableStatusActive && !slices.ContainsFunc(out.Table.GlobalSecondaryIndexes, busy) {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}
