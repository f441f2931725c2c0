package dynamo

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"rental.example/domain/user"
)

// List implements user.Store. Profiles of the same microsecond come in the order of their shards, then
// as the index has them.
func (u *Users) List(ctx context.Context, q user.ListQuery) (user.Page, error) {
	types := user.Types()
	if q.Type != "" {
		types = []user.Type{q.Type}
	}
	queries := make([]Query[userRecord], 0, len(types)*shards)
	for _, t := range types {
		for shard := range shards {
			queries = append(queries, u.shardQuery(shardName(t, shard), q.After))
		}
	}
	found, err := u.table.QueryMerged(ctx, queries, q.Limit, compareCreation)
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

func compareCreation(a, b userRecord) int {
	return cmp.Or(cmp.Compare(*a.CreatedAt, *b.CreatedAt), cmp.Compare(a.TypeShard, b.TypeShard))
}

// shardQuery is what comes behind after in one shard. In the microsecond of after, the shards before
// its own are through, those behind it have not begun, and in its own the index knows what comes next.
//
// DynamoDB refuses a start that is no valid key or is not in the range asked for, and positions come
// from clients: so the range begins with the position, and an id that cannot be a key only serves to
// compare shards.
func (u *Users) shardQuery(shard string, after *user.Position) Query[userRecord] {
	q := Query[userRecord]{
		Index: &Index{Name: u.listed, Keys: listKeys()},
		Where: expression.Key("typeShard").Equal(expression.Value(shard)),
	}
	if after == nil {
		return q
	}
	created, micros := expression.Key("createdAt"), after.CreatedAt.UnixMicro()
	order := cmp.Compare(shard, typeShard(after.Type, after.ID))
	if order < 0 || order == 0 && !isKey(string(after.ID)) {
		q.Where = q.Where.And(created.GreaterThan(expression.Value(micros)))
		return q
	}
	q.Where = q.Where.And(created.GreaterThanEqual(expression.Value(micros)))
	if order == 0 {
		q.After = &userRecord{ID: string(after.ID), TypeShard: shard, CreatedAt: &micros}
	}
	return q
}

// isKey reports whether s can be the value of a partition key.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
func isKey(s string) bool { return s != "" && len(s) <= 2048 }
