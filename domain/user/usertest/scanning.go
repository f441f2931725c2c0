package usertest

import (
	"maps"
	"strconv"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func scanning() []recordsTest {
	return []recordsTest{
		{"scan/nothing", scansNothing},
		{"scan/every record once", scansEveryRecord},
		{"scan/while others come, change and go", scansAmongChanges},
		{"scan/gives copies", scansCopies},
		{"scan/refuses ends that no page had", scansNotForged},
	}
}

func scansNothing(t recordsTrial) {
	if page, err := t.records.Scan(t.Context(), "", 10); err != nil || len(page.Records)+len(page.Unreadable) > 0 || page.Next != "" {
		t.Errorf("Scan = %+v, %v", page, err)
	}
}

// keep makes n records, every third a tombstone, and gives what is held.
func (t recordsTrial) keep(n int) map[domain.UserID]held {
	t.Helper()
	kept := make(map[domain.UserID]held)
	for i := range n {
		p := t.save(t.newProfile(user.Types()[i%2], at(time.Duration(i)*time.Second)))
		kept[p.ID] = held{profile: p}
		if i%3 == 2 {
			kept[p.ID] = held{tombstone: t.delete(p.ID, at(time.Hour))}
		}
	}
	return kept
}

func scansEveryRecord(t recordsTrial) {
	want := t.keep(42)
	for _, limit := range []int{1, 7, 41, 42, 1000} {
		if got := t.scan(limit, func() {}); !maps.Equal(got, want) {
			t.Errorf("by %d: got %d records\n%+v\nwant %d\n%+v", limit, len(got), got, len(want), want)
		}
	}
}

// past is every version that records ever had.
type past map[domain.UserID]map[domain.Version]bool

func (p past) note(id domain.UserID, v domain.Version) {
	if p[id] == nil {
		p[id] = make(map[domain.Version]bool)
	}
	p[id][v] = true
}

// scansAmongChanges writes between the pages: the records that nobody touches are met as they are, the others
// as they were at one time.
func scansAmongChanges(t recordsTrial) {
	stable, busy, versions := t.keep(30), t.populate(30, time.Second), make(past)
	for _, p := range busy {
		versions.note(p.ID, p.Version)
	}
	round := 0
	met := t.scan(3, func() {
		t.stir(busy[round*7%len(busy)], round, versions)
		round++
	})
	for id, want := range stable {
		if met[id] != want {
			t.Errorf("the untouched record of %s\n got %+v\nwant %+v", id, met[id], want)
		}
	}
	for _, p := range busy {
		if met[p.ID] == (held{}) {
			t.Errorf("never met %s, which was there all the time", p.ID)
		}
	}
	for id, h := range met {
		if v := max(h.profile.Version, h.tombstone.Version); stable[id] == (held{}) && !versions[id][v] {
			t.Errorf("met %s at version %d, which it never had", id, v)
		}
	}
}

// stir deletes p, makes it again every other time, and at first also makes a new profile.
func (t recordsTrial) stir(p user.Profile, round int, versions past) {
	t.Helper()
	s := at(time.Hour + time.Duration(round)*time.Second)
	buried, err := t.store.Delete(t.Context(), p.ID, domain.Condition{}, s)
	if err == nil {
		versions.note(p.ID, buried.Version)
	}
	if round%2 == 0 {
		versions.note(p.ID, t.save(renamed(p, "Joan "+strconv.Itoa(round), at(2*time.Hour))).Version)
	}
	if round < 10 { // enough: the scan has to end
		fresh := t.save(t.newProfile(user.Rentee, s))
		versions.note(fresh.ID, fresh.Version)
	}
}

func scansCopies(t recordsTrial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	t.stateOf(p.ID).Profile.Name = "Joan"
	t.raise(user.Record{Profile: &p}, at(time.Hour)).Profile.Name = "Jill"
	if got := t.stateOf(p.ID).Profile.Name; got != p.Name {
		t.Errorf("the record has the name %q, which was only written to what it was read into", got)
	}
}

func scansNotForged(t recordsTrial) {
	t.keep(3)
	page, err := t.records.Scan(t.Context(), "", 1)
	if err != nil || page.Next == "" {
		t.Fatalf("Scan = %+v, %v; want a next page", page, err)
	}
	for _, forged := range []string{
		"x", "nonsense", " ", "{}", "e30", "bnVsbA", string(page.Records[0].ID()),
		page.Next + "A", page.Next + "=", page.Next + "\n", page.Next[1:], page.Next[:len(page.Next)/8],
	} {
		_, err := t.records.Scan(t.Context(), forged, 1)
		t.wantError("Scan after "+strconv.Quote(forged), err, domain.ErrInvalid)
	}
}
