// Package people restores, exports and erases the data that a deployed stack holds about its users.
package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
)

// Erasures is the table of erased users, which no restore may bring back. It stores a hash of the user's id and the time
// of the erasure. It is separate from the users table, which may be the one that is lost. Its records do not expire,
// since the age of the oldest backup is unknown.
type Erasures struct{ table *dynamo.Table[erasure] }

// erasure is an item of the table.
type erasure struct {
	Hash     string `dynamodbav:"hash"`
	ErasedAt int64  `dynamodbav:"erasedAt"` // microseconds since 1970
}

func keys() dynamo.KeyNames { return dynamo.KeyNames{Partition: "hash"} }

// NewErasures returns the table with the given name.
func NewErasures(client dynamo.API, name string) *Erasures {
	return &Erasures{dynamo.NewTable[erasure](client, name, keys())}
}

// ErasuresSchema returns the schema of the table. A test compares it with template.yaml.
func ErasuresSchema(name string) dynamo.Schema { return dynamo.NewSchema(name, keys()) }

func hash(id string) string {
	sum := sha256.Sum256([]byte("erased:" + id))
	return hex.EncodeToString(sum[:])
}

// Record records that the user was erased at that time, and returns the recorded time: that of an earlier erasure, unless
// overwrite is set.
func (e *Erasures) Record(ctx context.Context, id domain.UserID, at time.Time, overwrite bool) (recorded time.Time, err error) {
	record := erasure{Hash: hash(string(id)), ErasedAt: at.UnixMicro()}
	var cond expression.ConditionBuilder
	if !overwrite {
		cond = expression.Name("hash").AttributeNotExists()
	}
	_, err = e.table.Put(ctx, record, cond)
	var failed *dynamo.ConditionFailedError[erasure]
	if errors.As(err, &failed) && failed.Current != nil {
		record, err = *failed.Current, nil
	}
	return time.UnixMicro(record.ErasedAt).UTC(), err
}

// At returns the time of the user's erasure, or domain.ErrNotFound.
func (e *Erasures) At(ctx context.Context, id domain.UserID) (time.Time, error) {
	record, err := e.table.Get(ctx, dynamo.Key{Partition: hash(string(id))})
	return time.UnixMicro(record.ErasedAt).UTC(), err
}

// All reads the whole table and returns a function that reports whether a user was erased.
func (e *Erasures) All(ctx context.Context) (erased func(id string) bool, err error) {
	all := map[string]bool{}
	for after := (*erasure)(nil); ; {
		page, err := e.table.Scan(ctx, after, 1000)
		if err != nil {
			return nil, err
		}
		if len(page.Undecodable) > 0 {
			return nil, errors.New("the table of erasures has an undecodable item")
		}
		for _, r := range page.Records {
			all[r.Hash] = true
		}
		if after = page.Next; after == nil {
			return func(id string) bool { return all[hash(id)] }, nil
		}
	}
}
