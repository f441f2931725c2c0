package dynamo

import "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

// listIndex is the one of userIndexes that List reads.
const listIndex = "byTypeShard"

// userIndex is an index of profiles by type and time of creation. Tombstones lack its key, and so are
// not in it.
type userIndex struct {
	name      string
	projected []string // beside the keys
}

// userIndexes are the indexes of the users table, as template.yaml has them.
//
// DynamoDB changes neither the key nor the projection of an index that is there, and one update of a
// stack makes or drops one index. So another projection is another index, in three deployments: the
// first makes byTypeShard2, here, in template.yaml and in the policy of UsersFunction, and DynamoDB
// fills it; the second lets listIndex and the alarm of throttles name it; the third drops the old one in
// all three places. While versions of the function follow one another, both indexes are there.
func userIndexes() []userIndex {
	return []userIndex{
		{name: "byTypeShard", projected: []string{"name", "userType", "ratings", "version"}},
	}
}

// listKeys are the keys of each.
func listKeys() KeyNames { return KeyNames{Partition: "typeShard", Sort: "createdAt"} }

// secondary are the indexes as CreateTable takes them.
func secondary(indexes []userIndex) []types.GlobalSecondaryIndex {
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
