package usertest

import (
	"slices"
	"strconv"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rental.example/domain"
	"rental.example/domain/user"
)

// recordOptions compare records but for their Deletions, which bumpCreatedAgain checks.
var recordOptions = cmpopts.IgnoreFields(user.Record{}, "Deletions")

// scan returns the records of all pages, and calls between after each page but the last.
func (t trial) scan(limit int, between func()) map[domain.UserID]user.Record {
	t.Helper()
	all := make(map[domain.UserID]user.Record)
	for after, pages := "", 0; ; pages++ {
		page, err := t.records.Scan(t.Context(), after, limit)
		if err != nil || len(page.Unreadable) > 0 || pages > 1000 {
			t.Fatalf("page %d: Scan = %+v, %v", pages, page, err)
		}
		for _, r := range page.Records {
			if _, twice := all[r.ID()]; twice {
				t.Errorf("limit %d: %s is there twice", limit, r.ID())
			}
			all[r.ID()] = r
		}
		if after = page.Next; after == "" {
			return all
		}
		between()
	}
}

// record returns the record of id.
func (t trial) record(id domain.UserID) user.Record {
	t.Helper()
	r, ok := t.scan(1000, func() {})[id]
	if !ok {
		t.Fatalf("no record of %s", id)
	}
	return r
}

// wantRecord checks the stored record with want's id.
func (t trial) wantRecord(want user.Record) {
	t.Helper()
	t.wantSame("record", t.record(want.ID()), want)
}

func (t trial) wantSame(what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, recordOptions); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func scanEmpty(t trial) {
	page, err := t.records.Scan(t.Context(), "", 10)
	if err != nil || len(page.Records)+len(page.Unreadable) > 0 || page.Next != "" {
		t.Errorf("Scan = %+v, %v", page, err)
	}
}

// saveRecords writes n records, every third a tombstone.
func (t trial) saveRecords(n int) map[domain.UserID]user.Record {
	t.Helper()
	saved := make(map[domain.UserID]user.Record)
	for i, p := range t.saveMany(n, time.Second) {
		saved[p.ID] = user.Record{Profile: &p}
		if i%3 == 2 {
			tombstone := t.delete(p.ID, at(time.Hour))
			saved[p.ID] = user.Record{Tombstone: &tombstone}
		}
	}
	return saved
}

func scanEveryRecord(t trial) {
	want := t.saveRecords(42)
	for _, limit := range []int{1, 7, 41, 42, 1000} {
		t.wantSame("limit "+strconv.Itoa(limit), t.scan(limit, func() {}), want)
	}
}

// scanAmongWrites writes between the pages: unchanged records are scanned as they are, the others at a version they had.
func scanAmongWrites(t trial) {
	unchanged, changing := t.saveRecords(30), t.saveMany(30, time.Second)
	versions := make(map[domain.UserID][]domain.Version)
	wrote := func(id domain.UserID, v domain.Version) { versions[id] = append(versions[id], v) }
	for _, p := range changing {
		wrote(p.ID, p.Version)
	}
	round := 0
	scanned := t.scan(3, func() {
		p, s := changing[round*7%len(changing)], at(time.Hour+time.Duration(round)*time.Second)
		if tombstone, err := t.store.Delete(t.Context(), p.ID, domain.Condition{}, s); err == nil {
			wrote(p.ID, tombstone.Version)
		}
		if round%2 == 0 {
			wrote(p.ID, t.save(renamed(p, "Joan "+strconv.Itoa(round), at(2*time.Hour))).Version)
		}
		if round < 10 { // or the scan would never end
			fresh := t.saveNew(user.Rentee, s)
			wrote(fresh.ID, fresh.Version)
		}
		round++
	})
	for id, want := range unchanged {
		t.wantSame("unchanged record", scanned[id], want)
		delete(scanned, id)
	}
	for _, p := range changing {
		if scanned[p.ID].ID() == "" {
			t.Errorf("%s is missing", p.ID)
		}
	}
	for id, r := range scanned {
		if !slices.Contains(versions[id], r.Version()) {
			t.Errorf("%s is scanned at version %d, which it never had", id, r.Version())
		}
	}
}

func scanCopies(t trial) {
	p := t.saveNew(user.Renter, at(0))
	t.record(p.ID).Profile.Name = "changed"
	t.bump(user.Record{Profile: &p}, at(time.Hour)).Profile.Name = "changed"
	if got := t.record(p.ID).Profile.Name; got != p.Name {
		t.Errorf("the stored name is %q", got)
	}
}

func scanForgedPositions(t trial) {
	t.saveRecords(3)
	page, err := t.records.Scan(t.Context(), "", 1)
	if err != nil || page.Next == "" {
		t.Fatalf("Scan = %+v, %v; want a next page", page, err)
	}
	for _, forged := range []string{
		"x", "forged", " ", "{}", "e30", "bnVsbA", string(page.Records[0].ID()),
		page.Next + "A", page.Next + "=", page.Next + "\n", page.Next[1:], page.Next[:len(page.Next)/8],
	} {
		_, err := t.records.Scan(t.Context(), forged, 1)
		t.WantError("Scan after "+strconv.Quote(forged), err, domain.ErrInvalid)
	}
}
