package user_test

import (
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func TestEventOf(t *testing.T) {
	t.Parallel()
	p := newProfile(t)
	next := p
	next.Name, next.Type, next.Ratings, next.Version, next.RequestID = "Joan", user.Rentee, 5, p.Version+9, "request-2"
	grave := user.Tombstone{ID: p.ID, Version: p.Version + 20, DeletedAt: noon, RequestID: "request-3"}
	var (
		nothing = user.Record{}
		first   = user.Record{Profile: &p}
		second  = user.Record{Profile: &next}
		buried  = user.Record{Tombstone: &grave}
	)
	of := func(kind user.EventKind, p user.Profile) user.Event {
		return user.Event{Kind: kind, UserID: p.ID, Version: p.Version, Name: p.Name, Type: p.Type, Ratings: p.Ratings, RequestID: p.RequestID}
	}
	gone := user.Event{Kind: user.Deleted, UserID: p.ID, Version: grave.Version, RequestID: "request-3"}
	tests := map[string]struct {
		before, after user.Record
		want          user.Event
		ok            bool
	}{
		"made":               {nothing, first, of(user.Created, p), true},
		"made again":         {buried, second, of(user.Created, next), true},
		"changed":            {first, second, of(user.Updated, next), true},
		"deleted":            {first, buried, gone, true},
		"a grave out of air": {nothing, buried, gone, true},
		"a grave rewritten":  {buried, buried, gone, true},
		"removed by hand":    {first, nothing, user.Event{Kind: user.Deleted, UserID: p.ID, Version: p.Version + 1}, true},
		"a grave expired":    {buried, nothing, user.Event{}, false},
		"nothing":            {nothing, nothing, user.Event{}, false},
	}
	for name, test := range tests {
		if got, ok := user.ChangeEvent(test.before, test.after); got != test.want || ok != test.ok {
			t.Errorf("%s: EventOf = %+v, %t; want %+v, %t", name, got, ok, test.want, test.ok)
		}
	}
}

func TestBury(t *testing.T) {
	t.Parallel()
	v := domain.VersionAt(noon)
	for d, want := range map[time.Duration]domain.Version{
		-time.Hour: v + 1, 0: v + 1, time.Microsecond: v + 1, time.Hour: domain.VersionAt(noon.Add(time.Hour)),
	} {
		s := domain.Stamp{Time: noon.Add(d + 300*time.Nanosecond).In(time.FixedZone("", 3600)), RequestID: "request-3"}
		got := user.NewTombstone(jane().ID, v, s)
		if got != (user.Tombstone{ID: jane().ID, Version: want, DeletedAt: noon.Add(d), RequestID: "request-3"}) {
			t.Errorf("Bury at %v = %+v; want version %d", d, got, want)
		}
	}
}

// TestExpiresAt counts from the later of clock and version, so that a clock that is behind does not
// shorten a tombstone's life.
func TestExpiresAt(t *testing.T) {
	t.Parallel()
	const life = 40 * 24 * time.Hour
	for d, want := range map[time.Duration]time.Time{
		-time.Hour: noon.Add(life), 0: noon.Add(life), time.Hour: noon.Add(time.Hour + life),
	} {
		grave := user.Tombstone{Version: domain.VersionAt(noon), DeletedAt: noon.Add(d)}
		if got := grave.ExpiresAt(); got != want {
			t.Errorf("deleted at %v by a clock %v ahead: expires %v, want %v", noon, d, got, want)
		}
	}
}

func TestStateRaised(t *testing.T) {
	t.Parallel()
	p := newProfile(t)
	grave := user.Tombstone{ID: p.ID, Version: p.Version, DeletedAt: noon, RequestID: "request-2"}
	for d, want := range map[time.Duration]domain.Version{-time.Hour: p.Version + 1, time.Hour: p.Version + 3_600_000_000} {
		stamp := domain.Stamp{Time: p.Version.Time().Add(d), RequestID: "request-9"}
		profile, tombstone := p, grave
		profile.Version, tombstone.Version = want, want
		profile.RequestID, tombstone.RequestID = "request-9", "request-9"
		raised := user.Record{Profile: &p}.Bumped(stamp)
		if *raised.Profile != profile || raised.ID() != p.ID || raised.Version() != want || raised.RequestID() != "request-9" {
			t.Errorf("raised by %v: %+v, want %+v", d, *raised.Profile, profile)
		}
		raised = user.Record{Tombstone: &grave}.Bumped(stamp)
		if *raised.Tombstone != tombstone || raised.ID() != p.ID || raised.Version() != want || raised.RequestID() != "request-9" {
			t.Errorf("raised by %v: %+v, want %+v", d, *raised.Tombstone, tombstone)
		}
	}
	nothing := user.Record{}.Bumped(domain.Stamp{Time: noon, RequestID: "request-9"})
	if nothing != (user.Record{}) || nothing.ID() != "" || nothing.Version() != 0 || nothing.RequestID() != "" {
		t.Errorf("nothing, raised: %+v", nothing)
	}
	if p.Version != newProfile(t).Version || grave.RequestID != "request-2" {
		t.Error("what was raised has changed")
	}
}

// TestLastDeleted: the deletion before is told with what is made again, and with what is told again; a change
// need not repeat it.
func TestLastDeleted(t *testing.T) {
	t.Parallel()
	p := newProfile(t)
	grave := user.Tombstone{ID: p.ID, Version: p.Version - 1, DeletedAt: noon}
	buried, alive := user.Record{Tombstone: &grave}, user.Record{Profile: &p, LastDeleted: grave.Version}
	for name, test := range map[string]struct {
		before, after user.Record
		want          domain.Version
	}{"made again": {buried, alive, grave.Version}, "changed": {alive, alive, 0}, "deleted": {alive, buried, 0}} {
		if got, ok := user.ChangeEvent(test.before, test.after); got.LastDeleted != test.want || !ok {
			t.Errorf("%s: %+v, %t; want %d", name, got, ok, test.want)
		}
	}
	if got, ok := user.ReplayEvent(alive); got.Kind != user.Updated || got.LastDeleted != grave.Version || !ok {
		t.Errorf("Retold = %+v, %t", got, ok)
	}
	if got, ok := user.ReplayEvent(buried); got.Kind != user.Deleted || got.Version != grave.Version || got.LastDeleted != 0 || !ok {
		t.Errorf("Retold = %+v, %t", got, ok)
	}
	if got, ok := user.ReplayEvent(user.Record{}); ok {
		t.Errorf("Retold = %+v", got)
	}
}
