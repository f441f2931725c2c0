package dynamo

import (
	"hash/fnv"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/domain"
	"rental.example/domain/user"
)

// userRecord is an item of the users table: a profile or the tombstone of one, or as much of a profile
// as the index holds. Moments and versions are numbers of microseconds since 1970.
type userRecord struct {
	ID        string `dynamodbav:"id"`
	Version   int64  `dynamodbav:"version"`
	RequestID string `dynamodbav:"requestId,omitempty"`
	// DeletedVersion is a tombstone's own version, and stays beside the profile that is made after it: whoever
	// missed the deletion's event learns of it from the profile's.
	DeletedVersion int64 `dynamodbav:"deletedVersion,omitempty"`
	// Deletions and DeletionDay are a user.Deletions, of tombstones and of the profiles after them.
	Deletions   int64 `dynamodbav:"deletions,omitempty"`
	DeletionDay int64 `dynamodbav:"deletionDay,omitempty"`

	// Of profiles only.
	Sub           string  `dynamodbav:"sub,omitempty"`
	Name          string  `dynamodbav:"name,omitempty"`
	Email         string  `dynamodbav:"email,omitempty"`
	EmailVerified bool    `dynamodbav:"emailVerified,omitempty"`
	UserType      string  `dynamodbav:"userType,omitempty"`
	Ratings       float64 `dynamodbav:"ratings,omitempty"`
	TypeShard     string  `dynamodbav:"typeShard,omitempty"`
	CreatedAt     *int64  `dynamodbav:"createdAt,omitempty"`
	UpdatedAt     int64   `dynamodbav:"updatedAt,omitempty"`

	// Of tombstones only.
	DeletedAt int64 `dynamodbav:"deletedAt,omitempty"`
	ExpiresAt int64 `dynamodbav:"expiresAt,omitempty"` // seconds since 1970
}

// profileAttributes are all attributes of a profile, but its id and the time of its creation. Ratings are the
// shortest decimals that are the same float64, as the SDK writes them: at most 17 of the 38 digits that DynamoDB
// keeps.
var profileAttributes = []struct {
	name string
	of   func(user.Profile) attribute
}{
	{"version", func(p user.Profile) attribute { return integer(int64(p.Version)) }},
	{"requestId", func(p user.Profile) attribute { return text(p.RequestID) }},
	{"sub", func(p user.Profile) attribute { return text(p.Sub) }},
	{"name", func(p user.Profile) attribute { return text(p.Name) }},
	{"email", func(p user.Profile) attribute { return text(p.Email) }},
	{"emailVerified", func(p user.Profile) attribute { return &types.AttributeValueMemberBOOL{Value: p.EmailVerified} }},
	{"userType", func(p user.Profile) attribute { return text(string(p.Type)) }},
	{"ratings", func(p user.Profile) attribute {
		return &types.AttributeValueMemberN{Value: strconv.FormatFloat(p.Ratings, 'f', -1, 64)}
	}},
	{"typeShard", func(p user.Profile) attribute { return text(typeShard(p.Type, p.ID)) }},
	{"updatedAt", func(p user.Profile) attribute { return integer(p.UpdatedAt.UnixMicro()) }},
}

func text(s string) attribute { return &types.AttributeValueMemberS{Value: s} }

func integer(n int64) attribute { return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)} }

// setProfile writes all of a profile but its id. What is there keeps the time of its creation; otherwise that
// is the version, which distinguishes a creation from a replacement. Of a tombstone, deletedVersion and the count of deletions stay.
func setProfile() expression.UpdateBuilder {
	created := expression.Name("createdAt")
	change := expression.Set(created, created.IfNotExists(Parameter("version")))
	for _, a := range profileAttributes {
		change = change.Set(expression.Name(a.name), Parameter(a.name))
	}
	return change.Remove(expression.Name("deletedAt")).Remove(expression.Name("expiresAt"))
}

func recordOfTombstone(t user.Tombstone, d user.Deletions) userRecord {
	return userRecord{
		Deletions: d.Count, DeletionDay: d.Day,
		ID: string(t.ID), Version: int64(t.Version), RequestID: t.RequestID, DeletedVersion: int64(t.Version),
		DeletedAt: t.DeletedAt.UnixMicro(), ExpiresAt: t.ExpiresAt().Unix(),
	}
}

// count is how often the profile was deleted, as far as r says; r may be nil.
func (r *userRecord) count() user.Deletions {
	if r == nil {
		return user.Deletions{}
	}
	return user.Deletions{Day: r.DeletionDay, Count: r.Deletions}
}

// isProfile tells profiles from tombstones, and from nothing.
func (r *userRecord) isProfile() bool { return r != nil && r.CreatedAt != nil }

// version is the record's version, zero where there is no record.
func (r *userRecord) version() domain.Version {
	if r == nil {
		return 0
	}
	return domain.Version(r.Version)
}

func (r *userRecord) profile() user.Profile {
	return user.Profile{
		ID: domain.UserID(r.ID), Sub: r.Sub, Name: r.Name, Email: r.Email, EmailVerified: r.EmailVerified,
		Type: user.Type(r.UserType), Ratings: r.Ratings, Version: r.version(),
		CreatedAt: moment(*r.CreatedAt), UpdatedAt: moment(r.UpdatedAt), RequestID: r.RequestID,
	}
}

func (r *userRecord) tombstone() user.Tombstone {
	return user.Tombstone{
		ID: domain.UserID(r.ID), Version: r.version(), DeletedAt: moment(r.DeletedAt), RequestID: r.RequestID,
	}
}

func (r *userRecord) public() user.Public {
	return user.Public{
		ID: domain.UserID(r.ID), Name: r.Name, Type: user.Type(r.UserType), Ratings: r.Ratings,
		CreatedAt: moment(*r.CreatedAt),
	}
}

func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// shards is the number of partitions of the index that the profiles of one type are spread over. A
// partition takes 1,000 writes a second, and a listing reads all of them. Whoever changes the number has to
// write every profile again: a cursor finds the shard of its profile by it, so that listings would repeat or
// lose profiles that were written under another.
const shards = 16

// typeShard is the partition of the index that the profile id of type t belongs to.
func typeShard(t user.Type, id domain.UserID) string {
	h := fnv.New32a()
	h.Write([]byte(id)) // never fails
	return shardName(t, int(h.Sum32()%shards))
}

func shardName(t user.Type, shard int) string {
	const digits = 2
	n := strconv.Itoa(shard)
	return string(t) + "#" + "00"[:digits-len(n)] + n
}
