package dynamo

import "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

// listIndex names the index that List queries, one of userIndexes.
const listIndex = "byTypeShard"

// userIndex is an index of profiles by type and time of creation. Tombstones have no key attributes of it, so it does not
// contain them.
type userIndex struct {
	name      string
	projected []string // except the keys
}

// userIndexes returns the indexes of the users table, as in template.yaml.
//
// An index cannot be changed, and one stack update can create or delete one index. A new projection takes a new index
// and three deployments: the first adds byTypeShard2 here, to template.yaml and to the policy of UsersFunction, and
// DynamoDB backfills it; the second changes listIndex and the alarm for throttles to it; the third removes the old index.
// Both indexes exist while old and new versions of the function run.
func userIndexes() []userIndex {
	return []userIndex{
		{name: "byTypeShard", projected: []string{"name", "userType", "ratings", "version"}},
	}
}

// listKeys returns the key of each index.
func listKeys() KeyNames { return KeyNames{Partition: "typeShard", Sort: "createdAt"} }

// globalSecondaryIndexes returns indexes for CreateTable.
func globalSecondaryIndexes(indexes []userIndex) []types.GlobalSecondaryIndex {
	all := make([]types.GlobalSecondaryIndex, len(indexes))
	for i, index := range indexes {
		all[i] = types.GlobalSecondaryIndex{
			IndexName: &index.name,
			KeySchema: keySchema(listKeys()),
			Projection: &types.Projection{
				ProjectionType:   types.ProjectionTypeInclude,
				NonKeyAttributes: index.projected,
			},
		}
	}
	return all
}
