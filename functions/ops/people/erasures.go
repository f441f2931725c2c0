// Package people restores, exports and erases what a deployed stack holds about its users.
package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
)

// Erasures remembers who was erased, so that no restore brings them back: by a hash of the user's id, and nothing
// else about them. It is a table of its own, since that of the users may be the one that is lost, and its records do
// not expire, since the age of the oldest backup is not known.
type Erasures struct{ table *dynamo.Table[erasure] }

// erasure is a record.
type erasure struct {
	Hash     string `dynamodbav:"hash"`
	ErasedAt int64  `dynamodbav:"erasedAt"` // microseconds since 1970
}

// NewErasures is what the table called name remembers.
func NewErasures(client dynamo.API, name string) *Erasures {
	return &Erasures{dynamo.NewTable[erasure](client, name, dynamo.KeyNames{Partition: "hash"})}
}

// ErasuresSchema is the table. What is deployed is template.yaml's; a test holds the two against each other.
func ErasuresSchema(name string) dynamo.Schema {
	return dynamo.Schema{Table: &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("hash"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("hash"), KeyType: types.KeyTypeHash}},
	}}
}

func hash(id string) string {
	sum := sha256.Sum256([]byte("erased:" + id))
	return hex.EncodeToString(sum[:])
}

// Record notes that the user was erased at that time, and returns the time of the first erasure: that of an earlier
// one stays, unless it is to begin again.
func (e *Erasures) Record(ctx context.Context, id domain.UserID, at time.Time, again bool) (first time.Time, err error) {
	record := erasure{Hash: hash(string(id)), ErasedAt: at.UnixMicro()}
	var when expression.ConditionBuilder
	if !again {
		when = expression.Name("hash").AttributeNotExists()
	}
	_, err = e.table.Put(ctx, record, when)
	var failed *dynamo.ConditionFailedError[erasure]
	if errors.As(err, &failed) && failed.Current != nil {
		record, err = *failed.Current, nil
	}
	return time.UnixMicro(record.ErasedAt).UTC(), err
}

// At is when the user was erased; domain.ErrNotFound for one who was not.
func (e *Erasures) At(ctx context.Context, id domain.UserID) (time.Time, error) {
	record, err := e.table.Get(ctx, dynamo.Key{Partition: hash(string(id))})
	return time.UnixMicro(record.ErasedAt).UTC(), err
}

// All reads the whole table, and returns a function that reports whether the user of an id was erased.
func (e *Erasures) All(ctx context.Context) (erased func(id string) bool, err error) {
	all := map[string]bool{}
	scan := dynamo.Scan[erasure]{Consistent: true, Limit: 1000}
	for {
		page, err := e.table.Scan(ctx, scan)
		if err != nil {
			return nil, err
		}
		if len(page.Undecodable) > 0 {
			return nil, errors.New("the table of erasures has a record that cannot be read")
		}
		for _, r := range page.Records {
			all[r.Hash] = true
		}
		if scan.After = page.Next; scan.After == nil {
			return func(id string) bool { return all[hash(id)] }, nil
		}
	}
}
