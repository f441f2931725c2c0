package dynamousers_test

import (
	"testing"

	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/adapters/dynamo/dynamousers"
)

func TestSchema(t *testing.T) {
	t.Parallel()
	dynamotest.CheckSchema(t, "UsersTable", dynamousers.Schema("any"))
}
