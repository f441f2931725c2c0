package dynamo_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
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

// TestStatementWithoutValue: what is missing is named, and nothing is sent.
func TestStatementWithoutValue(t *testing.T) {
	t.Parallel()
	bookings := dynamo.NewTable[booking](nil, "bookings", dynamo.KeyNames{Partition: "itemId", Sort: "day"})
	_, err := bookings.Execute(t.Context(), dynamo.Key{Partition: "tent", Sort: "monday"}, rent(t), only("owner", "jane"), types.ReturnValueNone)
	if err == nil || !strings.Contains(err.Error(), `UpdateItem bookings: no value for the parameter "renter"`) {
		t.Errorf("error %v", err)
	}
}
