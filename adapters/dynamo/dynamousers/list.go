package dynamousers

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"rental.example/adapters/dynamo"
	"rental.example/domain/user"
)

// List implements user.Store. Profiles of the same microsecond are ordered by shard, then as in the index.
func (s *Store) List(ctx context.Context, q user.ListQuery) (user.Page, error) {
	types := user.Types()
	if q.Type != "" {
		types = []user.Type{q.Type}
	}
	queries := make([]dynamo.Query[item], 0, len(types)*shards)
	for _, t := range types {
		for shard := range shards {
			queries = append(queries, s.shardQuery(shardName(t, shard), q.After))
		}
	}
	found, err := s.table.QueryMerged(ctx, queries, q.Limit, compareCreation)
	if err != nil {
		return user.Page{}, err
	}
	page := user.Page{Profiles: make([]user.Public, len(found.Records))}
	for i := range found.Records {
		page.Profiles[i] = found.Records[i].public()
	}
	if found.Next != nil {
		last := found.Next.public()
		page.Next = &user.Position{CreatedAt: last.CreatedAt, Type: last.Type, ID: last.ID}
	}
	return page, nil
}

func compareCreation(a, b item) int {
	return cmp.Or(cmp.Compare(*a.CreatedAt, *b.CreatedAt), cmp.Compare(a.TypeShard, b.TypeShard))
}

// shardQuery returns the query for the profiles of one shard after a position. Of the same microsecond, lower shards have
// been listed, higher ones have not, and the position's own shard continues after its id.
//
// DynamoDB rejects a start key that is invalid or outside the range, and positions come from clients. So the range starts
// at the position, and an id that is not a valid key only selects the shard.
func (s *Store) shardQuery(shard string, after *user.Position) dynamo.Query[item] {
	q := dynamo.Query[item]{
		Index:        &dynamo.Index{Name: s.listIndex, Keys: listKeys()},
		KeyCondition: expression.Key("typeShard").Equal(expression.Value(shard)),
	}
	if after == nil {
		return q
	}
	created, micros := expression.Key("createdAt"), after.CreatedAt.UnixMicro()
	order := cmp.Compare(shard, typeShard(after.Type, after.ID))
	if order < 0 || order == 0 && !isKey(string(after.ID)) {
		q.KeyCondition = q.KeyCondition.And(created.GreaterThan(expression.Value(micros)))
		return q
	}
	q.KeyCondition = q.KeyCondition.And(created.GreaterThanEqual(expression.Value(micros)))
	if order == 0 {
		q.After = &item{ID: string(after.ID), TypeShard: shard, CreatedAt: &micros}
	}
	return q
}

// isKey reports whether s can be the value of a partition key.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
func isKey(s string) bool { return s != "" && len(s) <= 2048 }
