package dynamo_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
)

// rent lets a renter, to be told, take a day that nobody else has.
func rent(t *testing.T) dynamo.Statement {
	t.Helper()
	renter := expression.Name("renter")
	free := renter.AttributeNotExists().Or(renter.Equal(dynamo.Parameter("renter")))
	s, err := dynamo.Prepare(expression.Set(renter, dynamo.Parameter("renter")), free)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func only(name, value string) func(string) types.AttributeValue {
	return func(parameter string) types.AttributeValue {
		if parameter != name {
			return nil
		}
		return text(value)
	}
}

// TestStatement: one statement, many values, at once and in turn.
func TestStatement(t *testing.T) {
	t.Parallel()
	ctx, bookings, s := t.Context(), newBookings(t), rent(t)
	key := dynamo.Key{Partition: "tent", Sort: "monday"}
	var group sync.WaitGroup
	for _, day := range []string{"tuesday", "wednesday", "thursday"} {
		group.Go(func() {
			got, err := bookings.Execute(ctx, dynamo.Key{Partition: "tent", Sort: day}, s, only("renter", day), types.ReturnValueAllNew)
			if err != nil || *got != (booking{"tent", day, day}) {
				t.Errorf("%s: %v, %v", day, got, err)
			}
		})
	}
	group.Wait()
	if _, err := bookings.Execute(ctx, key, s, only("renter", "jane"), types.ReturnValueNone); err != nil {
		t.Errorf("first = %v", err)
	}
	if _, err := bookings.Execute(ctx, key, s, only("renter", "joan"), types.ReturnValueAllOld); *current(t, err) != (booking{"tent", "monday", "jane"}) {
		t.Errorf("second = %v", err)
	}
}

// updates takes the updates of a table, and finds nothing there.
type updates struct {
	dynamo.API
	mu   sync.Mutex
	seen map[string]int // by condition
}

func (u *updates) UpdateItem(_ context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.seen[*in.ConditionExpression]++
	for placeholder, v := range in.ExpressionAttributeValues {
		switch v.(type) {
		case *types.AttributeValueMemberS, *types.AttributeValueMemberN, *types.AttributeValueMemberBOOL:
		default:
			return nil, fmt.Errorf("%s is a %T", placeholder, v)
		}
	}
	return &dynamodb.UpdateItemOutput{}, nil
}

// TestStatementsOfSave: each form of a condition has a statement of its own, for all who save at once.
func TestStatementsOfSave(t *testing.T) {
	t.Parallel()
	const times = 20
	table := &updates{seen: map[string]int{}}
	store := dynamo.NewUsers(table, "users")
	var group sync.WaitGroup
	for _, cond := range []domain.Condition{{}, domain.MustExist(), domain.MustNotExist(), domain.MustBe(7), domain.MustBe(8, 9)} {
		for _, requestID := range []string{"", "request-1"} {
			for range times {
				group.Go(func() {
					if _, _, err := store.Save(t.Context(), profileAt(t, someone, noon, requestID), cond); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
	group.Wait()
	if len(table.seen) != 8 { // one version or one of several is the same form
		t.Errorf("%d conditions: %v", len(table.seen), table.seen)
	}
	for condition, n := range table.seen {
		if n%times != 0 {
			t.Errorf("%d times %s", n, condition)
		}
	}
}

// TestStatementWithoutValue: what is missing is named, and nothing is sent.
func TestStatementWithoutValue(t *testing.T) {
	t.Parallel()
	bookings := dynamo.NewTable[booking](nil, "bookings", dynamo.KeyNames{Partition: "itemId", Sort: "day"})
	_, err := bookings.Execute(t.Context(), dynamo.Key{Partition: "tent", Sort: "monday"}, rent(t), only("owner", "jane"), types.ReturnValueNone)
	if err == nil || !strings.Contains(err.Error(), `UpdateItem bookings: no value for the parameter "renter"`) {
		t.Errorf("error %v", err)
	}
}
