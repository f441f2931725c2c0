package dynamousers

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
)

// listIndex names the index that List queries, one of indexes.
const listIndex = "byTypeShard"

// index is an index of profiles by type and time of creation. Tombstones have no key attributes of it, so it does not
// contain them.
type index struct {
	name      string
	projected []string // except the keys
}

// indexes returns the indexes of the users table, as in template.yaml.
//
// An index cannot be changed, and one stack update can create or delete one index. A new projection takes a new index
// and three deployments: the first adds byTypeShard2 here, to template.yaml and to the policy of UsersFunction, and
// DynamoDB backfills it; the second changes listIndex and the alarm for throttles to it; the third removes the old index.
// Both indexes exist while old and new versions of the function run.
func indexes() []index {
	return []index{
		{name: "byTypeShard", projected: []string{"name", "userType", "ratings", "version"}},
	}
}

// listKeys returns the key of each index.
func listKeys() dynamo.KeyNames { return dynamo.KeyNames{Partition: "typeShard", Sort: "createdAt"} }

// Schema returns the schema of the users table, as in template.yaml.
func Schema(tableName string) dynamo.Schema {
	s := dynamo.NewSchema(tableName, tableKeys())
	for _, index := range indexes() {
		s.AddIndex(index.name, listKeys(), types.ScalarAttributeTypeN, index.projected)
	}
	s.AddStream()
	s.ExpiresAt = "expiresAt"
	return s
}
