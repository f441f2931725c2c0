// Package item is the bounded context of things to rent: items near a place, the search for them, and
// what items know of their owners.
//
// An item does not hold its owner. It names the owner's id, and Catalog joins the two on reading, so that
// a changed name costs one write however many items there are, and a deleted profile hides its items at
// once. What is known of an owner comes by events and is merged by Owner.Merge, in any order.
package item

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"rental.example/domain"
)

// Item is a thing to rent. One made by New or Change is valid; one that a Store returns is as it was
// written, whatever today's rules are.
type Item struct {
	ID      ID
	OwnerID domain.UserID
	// OwnerVersion is the owner's version that was known when the item was listed; 0 when none was.
	OwnerVersion domain.Version
	Name         string
	Details      string   // empty: none
	Category     string   // a slug; empty: none
	Tags         []string // slugs, each once
	PricePerDay  *Money   // nil: none given
	Place        Place
	Version      domain.Version
	CreatedAt    time.Time // UTC, whole microseconds
	UpdatedAt    time.Time // UTC, whole microseconds
	RequestID    string    // the request that wrote it
	// Draft is the digest of the draft that the item was made from. No change touches it, so a repeated
	// request is told from another one under the same key.
	DraftDigest Digest
}

// Digest is a SHA-256.
type Digest [sha256.Size]byte

// Draft is an item as a client wants it, unchecked. Nil and empty are absent.
type Draft struct {
	Name        string
	Details     string
	Category    string
	Tags        []string
	PricePerDay *float64
	Lat, Lng    *float64 // degrees
}

// Patch is a change as a client wants it, unchecked; nil stays as it is. A pointer to what is empty or nil
// clears, where that may be absent.
type Patch struct {
	Name        *string
	Details     *string
	Category    *string
	Tags        *[]string
	PricePerDay **float64
	Lat, Lng    **float64
}

// New makes an item of the caller's from d under id. owner is what is known of the caller as an owner.
// All problems of d come together as a *domain.ValidationError.
func New(id ID, caller domain.Caller, owner Owner, d Draft, s domain.Stamp) (Item, error) {
	it := Item{ID: id, OwnerID: caller.ID, OwnerVersion: owner.Version, DraftDigest: d.Digest()}
	var problems domain.Problems
	it = it.patched(&problems, Patch{
		Name: &d.Name, Details: &d.Details, Category: &d.Category, Tags: &d.Tags, PricePerDay: &d.PricePerDay,
		Lat: &d.Lat, Lng: &d.Lng,
	})
	if err := problems.Err(); err != nil {
		return Item{}, err
	}
	it.Version = domain.VersionAt(s.Time)
	it.CreatedAt = it.Version.Time()
	it.UpdatedAt = it.CreatedAt
	it.RequestID = s.RequestID
	return it, nil
}

// Change returns it with patch applied, at the version after its own; it itself when nothing would be
// different. Only what the patch names is checked, so that a stricter rule of today does not lock an item
// of yesterday. All problems come together as a *domain.ValidationError.
func (it Item) Change(patch Patch, s domain.Stamp) (Item, error) {
	var problems domain.Problems
	next := it.patched(&problems, patch)
	if err := problems.Err(); err != nil {
		return Item{}, err
	}
	if next.Equal(it) {
		return it, nil
	}
	next.Version = it.Version.Next(s.Time)
	next.UpdatedAt = next.Version.Time()
	next.RequestID = s.RequestID
	return next, nil
}

// Equal reports whether both are the same item in the same state.
func (it Item) Equal(other Item) bool {
	tags, price := it.Tags, it.PricePerDay
	samePrice := (price == nil) == (other.PricePerDay == nil) && (price == nil || *price == *other.PricePerDay)
	sameTimes := it.CreatedAt.Equal(other.CreatedAt) && it.UpdatedAt.Equal(other.UpdatedAt)
	return it.ID == other.ID && it.OwnerID == other.OwnerID && it.OwnerVersion == other.OwnerVersion &&
		it.Name == other.Name && it.Details == other.Details && it.Category == other.Category &&
		slices.Equal(tags, other.Tags) && samePrice && it.Place == other.Place &&
		it.Version == other.Version && sameTimes && it.RequestID == other.RequestID && it.DraftDigest == other.DraftDigest
}

// Digest is the same for equal drafts, and for no others.
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
