package user

import (
	"context"

	"rental.example/domain"
)

// Record is what a store has under one id: a profile, a tombstone, or neither.
type Record struct {
	Profile   *Profile
	Tombstone *Tombstone
	// LastDeleted is the version of the tombstone before Profile; 0 if there was none, and beside a Tombstone.
	LastDeleted domain.Version
	Deletions   Deletions
}

// RecordStore gives access to all records of a Store, tombstones included, to republish their events. Implementations are
// safe for concurrent use. Each method may return an error that wraps domain.ErrUnavailable. usertest.RunRecords is the
// contract suite.
type RecordStore interface {
	// Scan returns a page of about limit (at least 1) records after the position after: an earlier page's Next, or empty
	// for the first page. The order is the store's own. The pages together contain each record that does not change
	// during the scan once, and each other record once in a state it had during the scan, or, if created during the scan,
	// possibly not at all. It returns domain.ErrInvalid if no page returned after.
	Scan(ctx context.Context, after string, limit int) (ScanPage, error)

	// BumpVersion writes r again unchanged, except for the next version at the stamp's time and the stamp's RequestID,
	// and returns the new record. It returns domain.ErrConflict if the stored record is no longer r. A retry with the
	// same stamp returns the first attempt's record.
	BumpVersion(ctx context.Context, r Record, stamp domain.Stamp) (Record, error)
}

// ScanPage is a page of a scan. It may be empty without being the last.
type ScanPage struct {
	Records []Record
	// Unreadable are the ids of records that are neither profile nor tombstone, written by hand or by another version of
	// this code.
	Unreadable []string
	Next       string // empty on the last page
}

// header returns the fields that profiles and tombstones share, or zero values if r has neither.
func (r Record) header() (domain.UserID, domain.Version, string) {
	switch {
	case r.Profile != nil:
		return r.Profile.ID, r.Profile.Version, r.Profile.RequestID
	case r.Tombstone != nil:
		return r.Tombstone.ID, r.Tombstone.Version, r.Tombstone.RequestID
	}
	return "", 0, ""
}

// ID returns the user's id; empty if there is no record.
func (r Record) ID() domain.UserID { id, _, _ := r.header(); return id }

// Version returns the record's version; zero if there is no record.
func (r Record) Version() domain.Version { _, v, _ := r.header(); return v }

// RequestID returns the id of the request that wrote the record; empty if there is no record.
func (r Record) RequestID() string { _, _, id := r.header(); return id }

// Bumped returns a copy of r as BumpVersion writes it.
func (r Record) Bumped(stamp domain.Stamp) Record {
	switch version := r.Version().Next(stamp.Time); {
	case r.Profile != nil:
		p := *r.Profile
		p.Version, p.RequestID = version, stamp.RequestID
		return Record{Profile: &p, LastDeleted: r.LastDeleted, Deletions: r.Deletions}
	case r.Tombstone != nil:
		t := *r.Tombstone
		t.Version, t.RequestID = version, stamp.RequestID
		return Record{Tombstone: &t, Deletions: r.Deletions}
	}
	return Record{}
}
