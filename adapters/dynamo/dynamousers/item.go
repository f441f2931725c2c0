package dynamousers

import (
	"errors"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
	"rental.example/domain/user"
)

// item is an item of the users table, a profile or a tombstone, or the projection of a profile in an index. Times and
// versions are microseconds since 1970.
type item struct {
	ID        string `dynamodbav:"id"`
	Version   int64  `dynamodbav:"version"`
	RequestID string `dynamodbav:"requestId,omitempty"`
	// LastDeleted is the version of a tombstone. It stays in the profile that is created after it, whose event
	// then reports the deletion to consumers that missed its event.
	LastDeleted int64 `dynamodbav:"deletedVersion,omitempty"`
	// Deletions and DeletionDay are the user.Deletions of a tombstone and of the profile after it.
	Deletions   int64 `dynamodbav:"deletions,omitempty"`
	DeletionDay int64 `dynamodbav:"deletionDay,omitempty"`

	// Profiles only.
	Sub           string  `dynamodbav:"sub,omitempty"`
	Name          string  `dynamodbav:"name,omitempty"`
	Email         string  `dynamodbav:"email,omitempty"`
	EmailVerified bool    `dynamodbav:"emailVerified,omitempty"`
	UserType      string  `dynamodbav:"userType,omitempty"`
	Ratings       float64 `dynamodbav:"ratings,omitempty"`
	TypeShard     string  `dynamodbav:"typeShard,omitempty"`
	CreatedAt     *int64  `dynamodbav:"createdAt,omitempty"`
	UpdatedAt     int64   `dynamodbav:"updatedAt,omitempty"`

	// Tombstones only.
	DeletedAt int64 `dynamodbav:"deletedAt,omitempty"`
	ExpiresAt int64 `dynamodbav:"expiresAt,omitempty"` // seconds since 1970
}

// itemOf returns the item of r, nil if r is zero.
func itemOf(r user.Record) (dynamo.Attributes, error) {
	switch {
	case r.Tombstone != nil:
		return attributevalue.MarshalMap(tombstoneItem(*r.Tombstone, r.Deletions))
	case r.Profile == nil:
		return nil, nil
	}
	stored := dynamo.Attributes{"id": dynamo.String(r.Profile.ID), "createdAt": dynamo.Integer(r.Profile.CreatedAt.UnixMicro())}
	for placeholder, value := range saveValues(*r.Profile) {
		stored[placeholder[1:]] = value
	}
	if r.LastDeleted > 0 {
		stored["deletedVersion"] = dynamo.Integer(r.LastDeleted)
	}
	if r.Deletions.Count > 0 {
		stored["deletions"], stored["deletionDay"] = dynamo.Integer(r.Deletions.Count), dynamo.Integer(r.Deletions.Day)
	}
	return stored, nil
}

// tombstoneItem returns the item of t; d counts the user's deletions up to t.
func tombstoneItem(t user.Tombstone, d user.Deletions) item {
	return item{
		Deletions: d.Count, DeletionDay: d.Day,
		ID: string(t.ID), Version: int64(t.Version), RequestID: t.RequestID, LastDeleted: int64(t.Version),
		DeletedAt: t.DeletedAt.UnixMicro(), ExpiresAt: t.ExpiresAt().Unix(),
	}
}

// deletionCount returns the number of deletions; i may be nil.
func (i *item) deletionCount() user.Deletions {
	if i == nil {
		return user.Deletions{}
	}
	return user.Deletions{Day: i.DeletionDay, Count: i.Deletions}
}

// isProfile reports whether i is a profile; i may be nil.
func (i *item) isProfile() bool { return i != nil && i.CreatedAt != nil }

// isTombstone reports whether i is a tombstone; i may be nil.
func (i *item) isTombstone() bool { return i != nil && i.CreatedAt == nil }

// writtenBy reports whether requestID wrote i last; false if requestID is empty. i must not be nil.
func (i *item) writtenBy(requestID string) bool {
	return requestID != "" && i.RequestID == requestID
}

// version returns the version, 0 if i is nil.
func (i *item) version() domain.Version {
	if i == nil {
		return 0
	}
	return domain.Version(i.Version)
}

func (i *item) profile() user.Profile {
	return user.Profile{
		ID: domain.UserID(i.ID), Sub: i.Sub, Name: i.Name, Email: i.Email, EmailVerified: i.EmailVerified,
		Type: user.Type(i.UserType), Ratings: i.Ratings, Version: i.version(),
		CreatedAt: timeOf(*i.CreatedAt), UpdatedAt: timeOf(i.UpdatedAt), RequestID: i.RequestID,
	}
}

func (i *item) tombstone() user.Tombstone {
	return user.Tombstone{
		ID: domain.UserID(i.ID), Version: i.version(), DeletedAt: timeOf(i.DeletedAt), RequestID: i.RequestID,
	}
}

func (i *item) public() user.Public {
	return user.Public{
		ID: domain.UserID(i.ID), Name: i.Name, Type: user.Type(i.UserType), Ratings: i.Ratings,
		CreatedAt: timeOf(*i.CreatedAt),
	}
}

// record returns the profile or tombstone of i, or an error if it is neither.
func (i *item) record() (user.Record, error) {
	switch {
	case i.ID == "":
		return user.Record{}, errors.New("has no id")
	case i.Version < 1:
		return user.Record{}, errors.New("has no version")
	case i.isProfile() && i.DeletedAt != 0:
		return user.Record{}, errors.New("is both profile and tombstone")
	case i.isProfile() && (i.Name == "" || i.UserType == ""):
		return user.Record{}, errors.New("is a profile without name or userType")
	case i.LastDeleted < 0, i.isProfile() && i.LastDeleted >= i.Version:
		return user.Record{}, errors.New("has a deletedVersion that is not before its version")
	case i.isProfile():
		p := i.profile()
		return user.Record{Profile: &p, LastDeleted: domain.Version(i.LastDeleted), Deletions: i.deletionCount()}, nil
	case i.DeletedAt != 0:
		t := i.tombstone()
		return user.Record{Tombstone: &t, Deletions: i.deletionCount()}, nil
	}
	return user.Record{}, errors.New("is neither profile nor tombstone")
}

func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// shards is the number of index partitions for the profiles of one type. A partition supports 1,000 writes a second, and
// List queries all of them. To change the number, rewrite every profile: a cursor's shard is computed with it, so List
// would repeat or skip profiles that were written with another number.
const shards = 16

// typeShard returns the index partition of the profile id of type t.
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
