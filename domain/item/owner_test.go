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

// event is one of few, so that much comes twice; but the time when it was learned differs, and its zone.
func event(r *rand.Rand) item.OwnerEvent {
	e := item.OwnerEvent{OwnerID: jane, Version: domain.Version(1 + r.IntN(6)), Deleted: r.IntN(3) == 0}
	e.Received = noon.Add(time.Duration(r.IntN(5_000))).In(time.FixedZone("", r.IntN(3)*3600))
	if !e.Deleted {
		e.Name, e.Ratings = string(rune('A'+r.IntN(3))), float64(r.IntN(2))
		e.LastDeleted = domain.Version(r.IntN(int(e.Version)))
	}
	return e
}

// firstLearned is when the first of the events came that tell of a deletion, by the microsecond; zero for none.
func firstLearned(deleted domain.Version, events []item.OwnerEvent) (first time.Time) {
	for _, e := range events {
		at := e.Received.UTC().Truncate(time.Microsecond)
		if deleted > 0 && e.LatestDeletion() == deleted && (first.IsZero() || at.Before(first)) {
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

// TestMergeLaws: whatever the order, and however often, the same is known in the end; and nothing personal
// outlives a deletion.
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
		if got := merged(shuffled...); got != want {
			t.Fatalf("%+v gives %+v\n%+v gives %+v", events, want, shuffled, got)
		}
		if want.Version < want.LastDeleted && (want.Name != "" || want.Ratings != 0 || want.Version != 0) {
			t.Fatalf("%+v leaves %+v", events, want)
		}
		if first := firstLearned(want.LastDeleted, events); want.DeletionReceived != first {
			t.Fatalf("%+v gives %+v, want it known since %v", events, want, first)
		}
	}
}

// TestOwnerEventCheck: what no profile can say is refused, all of it at once, and its text stays out of the error.
func TestOwnerEventCheck(t *testing.T) {
	t.Parallel()
	now := noon
	at := domain.VersionAt(now)
	for name, tt := range map[string]struct {
		change func(*item.OwnerEvent)
		fields string
	}{
		"as profiles are":        {func(*item.OwnerEvent) {}, ""},
		"longest name":           {func(e *item.OwnerEvent) { e.Name = strings.Repeat("é", item.MaxOwnerNameLength) }, ""},
		"name too long":          {func(e *item.OwnerEvent) { e.Name = strings.Repeat("B", 200_000) }, "name"},
		"no name":                {func(e *item.OwnerEvent) { e.Name = " " }, "name"},
		"control character":      {func(e *item.OwnerEvent) { e.Name = "Jane\x1b[1m" }, "name"},
		"NUL":                    {func(e *item.OwnerEvent) { e.Name = "Jane\x00" }, "name"},
		"bidirectional override": {func(e *item.OwnerEvent) { e.Name = "Jane\u202e" }, "name"},
		"not UTF-8":              {func(e *item.OwnerEvent) { e.Name = "Jane\xff" }, "name"},
		"most ratings":           {func(e *item.OwnerEvent) { e.Ratings = item.MaxOwnerRatings }, ""},
		"ratings above":          {func(e *item.OwnerEvent) { e.Ratings = 100.5 }, "ratings"},
		"ratings out of reach":   {func(e *item.OwnerEvent) { e.Ratings = 1e308 }, "ratings"},
		"ratings below":          {func(e *item.OwnerEvent) { e.Ratings = -1 }, "ratings"},
		"ratings of no number":   {func(e *item.OwnerEvent) { e.Ratings = math.NaN() }, "ratings"},
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

func TestBuries(t *testing.T) {
	t.Parallel()
	moment := func(v domain.Version) time.Time { return v.Time() }
	for name, tt := range map[string]struct {
		owner   item.Owner
		listed  domain.Version // the owner's version known then
		created domain.Version
		want    bool
	}{
		"unknown owner":                      {item.Owner{}, 0, 10, false},
		"living owner":                       {item.Owner{Version: 5}, 5, 10, false},
		"deleted owner":                      {item.Owner{LastDeleted: 20}, 5, 10, true},
		"deleted, and the item indexed late": {item.Owner{LastDeleted: 20}, 5, 30, true},
		"listed before any event, then gone": {item.Owner{LastDeleted: 20}, 0, 10, true},
		"made again, the item from before":   {item.Owner{Version: 25, LastDeleted: 20}, 5, 10, true},
		"made again, listed on the old news": {item.Owner{Version: 25, LastDeleted: 20}, 5, 30, false},
		"made again, listed on the new news": {item.Owner{Version: 25, LastDeleted: 20}, 25, 30, false},
		"made again and gone again":          {item.Owner{LastDeleted: 40}, 25, 30, true},
	} {
		it := item.Item{OwnerVersion: tt.listed, CreatedAt: moment(tt.created)}
		if got := tt.owner.Hides(it); got != tt.want {
			t.Errorf("%s: %t, want %t", name, got, tt.want)
		}
	}
}

func TestOwnerState(t *testing.T) {
	t.Parallel()
	living := merged(item.OwnerEvent{Version: 3, Name: "Jane"})
	gone := living.Merge(item.OwnerEvent{Version: 5, Deleted: true})
	back := gone.Merge(item.OwnerEvent{Version: 9, Name: "Jane"})
	for _, tt := range []struct {
		owner       item.Owner
		known, gone bool
		version     domain.Version
	}{{item.Owner{}, false, false, 0}, {living, true, false, 3}, {gone, false, true, 5}, {back, true, false, 9}} {
		if o := tt.owner; o.HasProfile() != tt.known || o.IsDeleted() != tt.gone || o.DocumentVersion() != tt.version {
			t.Errorf("%+v: known %t, gone %t, version %d", o, o.HasProfile(), o.IsDeleted(), o.DocumentVersion())
		}
	}
}
