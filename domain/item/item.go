// Package item is the bounded context of things to rent: items with a place, their search, and their owners.
//
// An item does not contain its owner. It has the owner's id, and Catalog joins the two when reading. So a changed name is
// one write for any number of items, and a deleted profile hides its items at once. Owners are updated by events, which
// Owner.Merge accepts in any order.
package item

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"rental.example/domain"
)

// ID is an item's id, in the form of domain.NewID.
type ID string

// NewID returns the id of an item created at t, as domain.NewID does.
func NewID(t time.Time, random [10]byte) ID { return domain.NewID[ID](t, random) }

// KeyedID returns the id of the item that the caller creates under key, as domain.KeyedID does.
func KeyedID(caller domain.UserID, key domain.Key) ID { return domain.KeyedID[ID](caller, key) }

// ParseID returns s as an ID, or domain.ErrNotFound if it is not in the form of one.
func ParseID(s string) (ID, error) { return domain.ParseID[ID](s) }

// Item is a thing to rent. New and Change return valid items; a Store returns them as written, even if a rule has become
// stricter since.
type Item struct {
	ID           ID
	OwnerID      domain.UserID
	OwnerVersion domain.Version // Owner.Version when the item was created; 0 if unknown then
	Name         string
	Details      string   // empty: none
	Category     string   // a slug; empty: none
	Tags         []string // unique slugs
	PricePerDay  *Money   // nil: none
	Place        Place
	Version      domain.Version
	CreatedAt    time.Time // UTC, whole microseconds
	UpdatedAt    time.Time // UTC, whole microseconds
	RequestID    string    // of the request that wrote it
	// DraftDigest is the digest of the draft that created the item. It never changes, and distinguishes a retry from
	// another request with the same Idempotency-Key.
	DraftDigest Digest
}

// Digest is a SHA-256.
type Digest [sha256.Size]byte

// Draft is an unchecked new item. Nil and empty mean absent.
type Draft struct {
	Name        string
	Details     string
	Category    string
	Tags        []string
	PricePerDay *float64
	Lat, Lng    *float64 // degrees
}

// Patch is an unchecked change of an item. Null clears a field that may be absent.
type Patch struct {
	Name        domain.Optional[string]
	Details     domain.Optional[string]
	Category    domain.Optional[string]
	Tags        domain.Optional[[]string]
	PricePerDay domain.Optional[float64]
	Lat, Lng    domain.Optional[float64]
}

// New returns the caller's item of d. owner is the caller as an owner. It returns a *domain.ValidationError with all
// problems of d.
func New(id ID, caller domain.Caller, owner Owner, d Draft, s domain.Stamp) (Item, error) {
	i := Item{ID: id, OwnerID: caller.ID, OwnerVersion: owner.Version, DraftDigest: d.Digest()}
	var problems domain.Problems
	i = i.withPatch(&problems, Patch{
		Name: domain.Some(d.Name), Details: domain.Some(d.Details), Category: domain.Some(d.Category), Tags: domain.Some(d.Tags),
		PricePerDay: domain.SomeOrNull(d.PricePerDay), Lat: domain.SomeOrNull(d.Lat), Lng: domain.SomeOrNull(d.Lng),
	})
	if err := problems.Err(); err != nil {
		return Item{}, err
	}
	i.Version = domain.VersionAt(s.Time)
	i.CreatedAt = i.Version.Time()
	i.UpdatedAt = i.CreatedAt
	i.RequestID = s.RequestID
	return i, nil
}

// Change returns i with patch applied, at the version after i's, or i itself if nothing changes. Only fields in the patch
// are checked, so that a rule that became stricter blocks no change of other fields. It returns a
// *domain.ValidationError with all problems.
func (i Item) Change(patch Patch, s domain.Stamp) (Item, error) {
	var problems domain.Problems
	next := i.withPatch(&problems, patch)
	if err := problems.Err(); err != nil {
		return Item{}, err
	}
	if next.Equal(i) {
		return i, nil
	}
	next.Version = i.Version.Next(s.Time)
	next.UpdatedAt = next.Version.Time()
	next.RequestID = s.RequestID
	return next, nil
}

// Equal reports whether i and other are the same in every field.
func (i Item) Equal(other Item) bool {
	price, otherPrice := i.PricePerDay, other.PricePerDay
	samePrice := (price == nil) == (otherPrice == nil) && (price == nil || *price == *otherPrice)
	sameTimes := i.CreatedAt.Equal(other.CreatedAt) && i.UpdatedAt.Equal(other.UpdatedAt)
	return i.ID == other.ID && i.OwnerID == other.OwnerID && i.OwnerVersion == other.OwnerVersion &&
		i.Name == other.Name && i.Details == other.Details && i.Category == other.Category &&
		slices.Equal(i.Tags, other.Tags) && samePrice && i.Place == other.Place &&
		i.Version == other.Version && sameTimes && i.RequestID == other.RequestID && i.DraftDigest == other.DraftDigest
}

// Digest returns a hash of all fields: equal for equal drafts only.
func (d Draft) Digest() Digest {
	h := sha256.New()
	text := func(s string) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s)))) // never fails, as all of h
		h.Write([]byte(s))
	}
	number := func(f *float64) {
		if f == nil {
			h.Write([]byte{0})
			return
		}
		h.Write([]byte{1})
		h.Write(binary.BigEndian.AppendUint64(nil, bits(*f)))
	}
	text(d.Name)
	text(d.Details)
	text(d.Category)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(d.Tags))))
	for _, tag := range d.Tags {
		text(tag)
	}
	number(d.PricePerDay)
	number(d.Lat)
	number(d.Lng)
	return Digest(h.Sum(nil))
}
