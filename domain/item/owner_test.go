package item_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

// event returns one of few events, so that many repeat, received at different times in different zones.
func event(r *rand.Rand) item.OwnerEvent {
	e := item.OwnerEvent{OwnerID: jane, Version: domain.Version(1 + r.IntN(6)), Deleted: r.IntN(3) == 0}
	e.Received = noon.Add(time.Duration(r.IntN(5_000))).In(time.FixedZone("", r.IntN(3)*3600))
	if !e.Deleted {
		e.Name, e.Ratings = string(rune('A'+r.IntN(3))), float64(r.IntN(2))
		e.LastDeleted = domain.Version(r.IntN(int(e.Version)))
	}
	return e
}

// firstReceived returns when the first event of a deletion was received, in microseconds; zero if there is none.
func firstReceived(deleted domain.Version, events []item.OwnerEvent) (first time.Time) {
	for _, e := range events {
		at := e.Received.UTC().Truncate(time.Microsecond)
		if deleted > 0 && e.ReportedDeletion() == deleted && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

func merged(events ...item.OwnerEvent) item.Owner {
	o := item.Owner{ID: jane}
	for _, e := range events {
		o = o.Merge(e)
	}
	return o
}

// TestMergeLaws: events give the same owner in every order and repeated, without personal data after a deletion.
func TestMergeLaws(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		events := make([]item.OwnerEvent, 1+r.IntN(6))
		for i := range events {
			events[i] = event(r)
		}
		want := merged(events...)
		shuffled := append([]item.OwnerEvent(nil), events...)
		for range r.IntN(4) {
			shuffled = append(shuffled, events[r.IntN(len(events))])
		}
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if got := merged(shuffled...); !got.Equal(want) {
			t.Fatalf("%+v gives %+v\n%+v gives %+v", events, want, shuffled, got)
		}
		if want.Version < want.LastDeleted && (want.Name != "" || want.Ratings != 0 || want.Version != 0) {
			t.Fatalf("%+v leaves %+v", events, want)
		}
		if first := firstReceived(want.LastDeleted, events); !want.DeletionReceived.Equal(first) {
			t.Fatalf("%+v gives %+v, want it received at %v", events, want, first)
		}
	}
}

// TestOwnerEventCheck: impossible events are refused with all problems, and the error does not quote the name.
func TestOwnerEventCheck(t *testing.T) {
	t.Parallel()
	now := noon
	at := domain.VersionAt(now)
	for name, tt := range map[string]struct {
		change func(*item.OwnerEvent)
		fields string
	}{
		"valid":                  {func(*item.OwnerEvent) {}, ""},
		"longest name":           {func(e *item.OwnerEvent) { e.Name = strings.Repeat("é", item.MaxOwnerNameLength) }, ""},
		"name too long":          {func(e *item.OwnerEvent) { e.Name = strings.Repeat("B", 200_000) }, "name"},
		"bidirectional override": {func(e *item.OwnerEvent) { e.Name = "Jane\u202e" }, "name"},
		"most ratings":           {func(e *item.OwnerEvent) { e.Ratings = item.MaxOwnerRatings }, ""},
		"ratings above":          {func(e *item.OwnerEvent) { e.Ratings = 100.5 }, "ratings"},
		"huge ratings":           {func(e *item.OwnerEvent) { e.Ratings = 1e308 }, "ratings"},
		"ratings below":          {func(e *item.OwnerEvent) { e.Ratings = -1 }, "ratings"},
		"NaN ratings":            {func(e *item.OwnerEvent) { e.Ratings = math.NaN() }, "ratings"},
		"clock ahead":            {func(e *item.OwnerEvent) { e.Version = domain.VersionAt(now.Add(domain.MaxVersionLead)) }, ""},
		"version of tomorrow":    {func(e *item.OwnerEvent) { e.Version = domain.VersionAt(now.Add(domain.MaxVersionLead)) + 1 }, "version"},
		"last version":           {func(e *item.OwnerEvent) { e.Version = math.MaxInt64 }, "version"},
		"no version":             {func(e *item.OwnerEvent) { e.Version = 0 }, "version"},
		"deletion before":        {func(e *item.OwnerEvent) { e.LastDeleted = at - 1 }, ""},
		"deletion after":         {func(e *item.OwnerEvent) { e.LastDeleted = at }, "deletedVersion"},
		"deletion below":         {func(e *item.OwnerEvent) { e.LastDeleted = -1 }, "deletedVersion"},
		"of tomorrow, deleted":   {func(e *item.OwnerEvent) { *e = item.OwnerEvent{Version: math.MaxInt64, Deleted: true} }, "version"},
		"all of it":              {func(e *item.OwnerEvent) { e.Name, e.Ratings, e.Version = "", -1, math.MaxInt64 }, "version name ratings"},
	} {
		e := item.OwnerEvent{OwnerID: jane, Version: at, Name: "Jane", Ratings: 3}
		tt.change(&e)
		err := e.Check(now)
		var invalid *domain.ValidationError
		var fields []string
		if errors.As(err, &invalid) {
			for _, p := range invalid.Problems {
				fields = append(fields, p.Field)
			}
		}
		if got := strings.Join(fields, " "); got != tt.fields || (err == nil) != (tt.fields == "") {
			t.Errorf("%s: problems with %q, want %q (%v)", name, got, tt.fields, err)
		}
		if err != nil && strings.Contains(err.Error(), "Jane") {
			t.Errorf("%s: the error quotes the name: %v", name, err)
		}
	}
}

func TestHides(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		owner        item.Owner
		ownerVersion domain.Version
		created      domain.Version
		want         bool
	}{
		"unknown owner":                     {item.Owner{}, 0, 10, false},
		"existing owner":                    {item.Owner{Version: 5}, 5, 10, false},
		"deleted owner":                     {item.Owner{LastDeleted: 20}, 5, 10, true},
		"deleted, item created later":       {item.Owner{LastDeleted: 20}, 5, 30, true},
		"created before any event, deleted": {item.Owner{LastDeleted: 20}, 0, 10, true},
		"created again, old item":           {item.Owner{Version: 25, LastDeleted: 20}, 5, 10, true},
		"created again, old owner version":  {item.Owner{Version: 25, LastDeleted: 20}, 5, 30, false},
		"created again, new owner version":  {item.Owner{Version: 25, LastDeleted: 20}, 25, 30, false},
		"deleted again":                     {item.Owner{LastDeleted: 40}, 25, 30, true},
	} {
		itm := item.Item{OwnerVersion: tt.ownerVersion, CreatedAt: tt.created.Time()}
		if got := tt.owner.Hides(itm); got != tt.want {
			t.Errorf("%s: %t, want %t", name, got, tt.want)
		}
	}
}

func TestOwnerChanges(t *testing.T) {
	t.Parallel()
	created := merged(item.OwnerEvent{Version: 3, Name: "Jane"})
	deleted := created.Merge(item.OwnerEvent{Version: 5, Deleted: true})
	recreated := deleted.Merge(item.OwnerEvent{Version: 9, Name: "Jane"})
	for _, tt := range []struct {
		owner               item.Owner
		hasProfile, deleted bool
		version             domain.Version
	}{{item.Owner{}, false, false, 0}, {created, true, false, 3}, {deleted, false, true, 5}, {recreated, true, false, 9}} {
		if o := tt.owner; o.HasProfile() != tt.hasProfile || o.IsDeleted() != tt.deleted || o.ETagVersion() != tt.version {
			t.Errorf("%+v: profile %t, deleted %t, version %d", o, o.HasProfile(), o.IsDeleted(), o.ETagVersion())
		}
	}
}
