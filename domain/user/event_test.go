package user_test

import (
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func TestChangeEvent(t *testing.T) {
	t.Parallel()
	p := newProfile(t)
	next := p
	next.Name, next.Type, next.Ratings, next.Version, next.RequestID = "Joan", user.Rentee, 5, p.Version+9, "request-2"
	tombstone := user.Tombstone{ID: p.ID, Version: p.Version + 5, DeletedAt: noon, RequestID: "request-3"}
	var (
		none      = user.Record{}
		first     = user.Record{Profile: &p}
		second    = user.Record{Profile: &next}
		deleted   = user.Record{Tombstone: &tombstone}
		recreated = user.Record{Profile: &next, LastDeleted: tombstone.Version}
	)
	event := func(kind user.EventKind, p user.Profile, lastDeleted domain.Version) user.Event {
		return user.Event{Kind: kind, UserID: p.ID, Version: p.Version, Name: p.Name, Type: p.Type, Ratings: p.Ratings,
			RequestID: p.RequestID, LastDeleted: lastDeleted}
	}
	deletion := user.Event{Kind: user.Deleted, UserID: p.ID, Version: tombstone.Version, RequestID: "request-3"}
	for name, test := range map[string]struct {
		before, after user.Record
		want          user.Event // zero: none
	}{
		"created":             {none, first, event(user.Created, p, 0)},
		"created again":       {deleted, recreated, event(user.Created, next, tombstone.Version)},
		"changed":             {first, second, event(user.Updated, next, 0)},
		"changed again":       {recreated, recreated, event(user.Updated, next, 0)},
		"deleted":             {first, deleted, deletion},
		"tombstone created":   {none, deleted, deletion},
		"tombstone rewritten": {deleted, deleted, deletion},
		"removed by hand":     {first, none, user.Event{Kind: user.Deleted, UserID: p.ID, Version: p.Version + 1}},
		"tombstone expired":   {deleted, none, user.Event{}},
		"nothing":             {none, none, user.Event{}},
	} {
		if got, ok := user.ChangeEvent(test.before, test.after); got != test.want || ok != (test.want != user.Event{}) {
			t.Errorf("%s: ChangeEvent = %+v, %t; want %+v", name, got, ok, test.want)
		}
	}
	for name, test := range map[string]struct {
		record user.Record
		want   user.Event
	}{
		"profile":   {recreated, event(user.Updated, next, tombstone.Version)},
		"tombstone": {deleted, deletion},
		"none":      {none, user.Event{}},
	} {
		if got, ok := user.ReplayEvent(test.record); got != test.want || ok != (test.want != user.Event{}) {
			t.Errorf("%s: ReplayEvent = %+v, %t; want %+v", name, got, ok, test.want)
		}
	}
}

func TestNewTombstone(t *testing.T) {
	t.Parallel()
	v := domain.VersionAt(noon)
	for d, want := range map[time.Duration]domain.Version{
		-time.Hour: v + 1, 0: v + 1, time.Microsecond: v + 1, time.Hour: domain.VersionAt(noon.Add(time.Hour)),
	} {
		s := domain.Stamp{Time: noon.Add(d + 300*time.Nanosecond).In(time.FixedZone("", 3600)), RequestID: "request-3"}
		got := user.NewTombstone(jane().ID, v, s)
		if got != (user.Tombstone{ID: jane().ID, Version: want, DeletedAt: noon.Add(d), RequestID: "request-3"}) {
			t.Errorf("NewTombstone at %v = %+v; want version %d", d, got, want)
		}
	}
}

// TestExpiresAt: the later of clock and version counts, so a slow clock does not shorten a tombstone's life.
func TestExpiresAt(t *testing.T) {
	t.Parallel()
	const life = 40 * 24 * time.Hour
	for d, want := range map[time.Duration]time.Time{
		-time.Hour: noon.Add(life), 0: noon.Add(life), time.Hour: noon.Add(time.Hour + life),
	} {
		tombstone := user.Tombstone{Version: domain.VersionAt(noon), DeletedAt: noon.Add(d)}
		if got := tombstone.ExpiresAt(); got != want {
			t.Errorf("deleted at %v after the version: expires %v, want %v", d, got, want)
		}
	}
}

func TestBumped(t *testing.T) {
	t.Parallel()
	p := newProfile(t)
	tombstone := user.Tombstone{ID: p.ID, Version: p.Version, DeletedAt: noon, RequestID: "request-2"}
	deletions := user.Deletions{Day: 1, Count: 2}
	records := []user.Record{{Profile: &p, LastDeleted: 7, Deletions: deletions}, {Tombstone: &tombstone, Deletions: deletions}}
	for d, want := range map[time.Duration]domain.Version{-time.Hour: p.Version + 1, time.Hour: p.Version + 3_600_000_000} {
		for _, r := range records {
			got := r.Bumped(domain.Stamp{Time: p.Version.Time().Add(d), RequestID: "request-9"})
			if got.ID() != p.ID || got.Version() != want || got.RequestID() != "request-9" ||
				got.LastDeleted != r.LastDeleted || got.Deletions != deletions {
				t.Errorf("%v later: %+v, want version %d", d, got, want)
			}
			if got.Profile != nil && got.Profile.UpdatedAt != p.UpdatedAt {
				t.Errorf("UpdatedAt became %v", got.Profile.UpdatedAt)
			}
		}
	}
	none := user.Record{}.Bumped(domain.Stamp{Time: noon, RequestID: "request-9"})
	if none != (user.Record{}) || none.ID() != "" || none.Version() != 0 || none.RequestID() != "" {
		t.Errorf("no record, bumped: %+v", none)
	}
	if p != newProfile(t) || tombstone.RequestID != "request-2" {
		t.Error("Bumped changed its receiver")
	}
}
