package memory_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"

	"rental.example/adapters/memory"
	"rental.example/domain"
)

// note is a record of a store that exists in these tests only.
type note struct {
	id      string
	version int
	author  string
}

type notes = memory.Records[string, note]

// put writes n unless the current version is another than before.
func put(t *testing.T, records *notes, n note, before int) error {
	t.Helper()
	return records.Write(t.Context(), n.id, func(current *note) (*note, error) {
		if current == nil && before == 0 || current != nil && current.version == before {
			return &n, nil
		}
		return nil, domain.ErrConflict
	})
}

func newNotes(t *testing.T, all ...note) *notes {
	t.Helper()
	records := memory.NewRecords[string, note]()
	for _, n := range all {
		if err := put(t, records, n, 0); err != nil {
			t.Fatal(err)
		}
	}
	return records
}

func TestWrite(t *testing.T) {
	t.Parallel()
	records := newNotes(t)
	var got []string
	text := func(n *note) string {
		if n == nil {
			return "-"
		}
		return n.id + strconv.Itoa(n.version)
	}
	records.OnChange(func(before, after *note) { got = append(got, text(before)+" "+text(after)) })
	for _, n := range []note{{"b", 1, ""}, {"a", 1, ""}, {"b", 2, ""}} {
		if err := put(t, records, n, n.version-1); err != nil {
			t.Errorf("write of %v: %v", n, err)
		}
	}
	if err := put(t, records, note{id: "a", version: 3}, 2); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("write after another version: %v", err)
	}
	for _, id := range []string{"a", "c"} {
		if err := records.Write(t.Context(), id, func(current *note) (*note, error) { return current, nil }); err != nil {
			t.Error(err)
		}
		if err := records.Write(t.Context(), id, func(*note) (*note, error) { return nil, nil }); err != nil {
			t.Error(err)
		}
		if n, err := records.Get(t.Context(), id); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("after the deletion: %v, %v", n, err)
		}
	}
	if n, err := records.Get(t.Context(), "b"); err != nil || n.version != 2 {
		t.Errorf("Get = %v, %v", n, err)
	}
	if want := []string{"- b1", "- a1", "b1 b2", "a1 -"}; !slices.Equal(got, want) {
		t.Errorf("changes %q, want %q", got, want)
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	records := newNotes(t, note{"d", 1, "jane"}, note{"a", 4, "jane"}, note{"c", 2, "joan"}, note{"b", 3, "jane"})
	byVersion := func(a, b *note) int { return cmp.Compare(a.version, b.version) }
	for _, test := range []struct {
		after   string
		limit   int
		compare func(a, b *note) int
		want    string
		more    bool
	}{
		{"", 2, nil, "ab", true}, {"b", 2, nil, "d", false}, {"", 3, nil, "abd", false}, {"d", 2, nil, "", false},
		{"", 2, byVersion, "db", true}, {"", 3, byVersion, "dba", false},
	} {
		page, more, err := records.Page(t.Context(), test.limit, func(n *note) bool { return n.author == "jane" && n.id > test.after }, test.compare)
		got := ""
		for _, n := range page {
			got += n.id
		}
		if got != test.want || more != test.more || err != nil {
			t.Errorf("%d after %q: %q, %t, %v; want %q, %t", test.limit, test.after, got, more, err, test.want, test.more)
		}
	}
}

// TestSnapshot: writes to the records do not change a snapshot, nor the other way round.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	records := newNotes(t, note{"a", 1, ""}, note{"b", 1, ""})
	snapshot, err := records.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		put(t, records, note{"a", 2, ""}, 1), put(t, records, note{"c", 1, ""}, 0), put(t, snapshot, note{"b", 2, ""}, 1),
		records.Write(t.Context(), "b", func(*note) (*note, error) { return nil, nil }),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	for records, want := range map[*notes]string{records: "a2c1", snapshot: "a1b2"} {
		got := ""
		if err := records.Each(t.Context(), func(n *note) bool { got += n.id + strconv.Itoa(n.version); return true }); err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
}

// TestConcurrentWrites counts a version up from four goroutines: each write is one step.
func TestConcurrentWrites(t *testing.T) {
	t.Parallel()
	const workers, each = 4, 100
	records := newNotes(t, note{id: "a"})
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range each {
				err := records.Write(t.Context(), "a", func(current *note) (*note, error) { return &note{id: "a", version: current.version + 1}, nil })
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n, err := records.Get(t.Context(), "a"); err != nil || n.version != workers*each {
		t.Errorf("%v, %v; want version %d", n, err, workers*each)
	}
}

func TestDoneContext(t *testing.T) {
	t.Parallel()
	records := newNotes(t, note{id: "a"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	fail := func() { t.Error("called with a done context") }
	_, getErr := records.Get(ctx, "a")
	_, snapshotErr := records.Snapshot(ctx)
	_, _, pageErr := records.Page(ctx, 1, func(*note) bool { fail(); return true }, nil)
	writeErr := records.Write(ctx, "a", func(*note) (*note, error) { fail(); return nil, nil })
	for _, err := range []error{getErr, snapshotErr, pageErr, writeErr, records.Each(ctx, func(*note) bool { fail(); return true })} {
		if !errors.Is(err, domain.ErrUnavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want unavailable", err)
		}
	}
}
