package usertest

import (
	"context"
	"math"
	"strings"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func getAllFields(t trial) {
	for _, ratings := range []float64{0, 1e-99, 0.1, 1.0 / 3, 99.99999999999999, 100} {
		p := t.newProfile(user.Rentee, at(0))
		p.Ratings = ratings
		p.Name = "Žofie 🚲 O'Neill \"Z\" <b>"
		p.EmailVerified = ratings > 1
		t.wantSave(p, domain.Condition{}, p, true)
		t.wantProfile(p)
	}
}

func getInvalidValues(t trial) {
	p := t.newProfile(user.Renter, at(0))
	p.Name, p.Email, p.Type, p.Ratings = strings.Repeat("x", 500), "nobody", "landlord", 5000
	t.save(p)
	t.wantProfile(p)
}

func canceledContext(t trial) {
	p := t.saveNew(user.Renter, at(0))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, errGet := t.store.Get(ctx, p.ID)
	_, _, errSave := t.store.Save(ctx, renamed(p, "Joan", at(time.Second)), domain.Condition{})
	_, errDelete := t.store.Delete(ctx, p.ID, domain.Condition{}, at(time.Second))
	_, errList := t.store.List(ctx, user.ListQuery{Limit: 1})
	for what, err := range map[string]error{"Get": errGet, "Save": errSave, "Delete": errDelete, "List": errList} {
		t.wantError(what, err, domain.ErrUnavailable)
		t.wantError(what, err, context.Canceled)
	}
	t.wantProfile(p)
}

func saveReplaces(t trial) {
	first := t.saveNew(user.Renter, at(0))
	next := t.profileOf(first.ID, user.Rentee, at(time.Hour))
	next.Name, next.Email, next.EmailVerified, next.Ratings = "Joan", "joan@example.org", false, 0
	want := next
	want.CreatedAt = first.CreatedAt
	t.wantSave(next, domain.Condition{}, want, false)
	t.wantProfile(want)
}

func saveCopies(t trial) {
	p := t.saveNew(user.Renter, at(0))
	versions := []domain.Version{p.Version}
	next, _, err := t.store.Save(t.Context(), renamed(p, "Joan", at(time.Second)), domain.MustBe(versions...))
	if err != nil {
		t.Fatal(err)
	}
	versions[0], next.Name = 0, "changed"
	got, err := t.store.Get(t.Context(), p.ID)
	if err != nil || got.Name != "Joan" {
		t.Errorf("Get = %+v, %v; want the name Joan", got, err)
	}
}

// saveIgnoresConditionVersions: versions of a condition that do not match have no effect on the version written.
func saveIgnoresConditionVersions(t trial) {
	p := t.saveNew(user.Renter, at(0))
	next := t.profileOf(p.ID, user.Renter, at(time.Hour))
	saved, _, err := t.store.Save(t.Context(), next, domain.MustBe(math.MaxInt64-1, p.Version))
	if want := p.Version.Next(at(time.Hour).Time); err != nil || saved.Version != want {
		t.Fatalf("saved as version %d, %v; want %d", saved.Version, err, want)
	}
	t.wantProfile(saved)
	tombstone, err := t.store.Delete(t.Context(), p.ID, domain.MustBe(math.MaxInt64-1, saved.Version), at(2*time.Hour))
	if want := saved.Version.Next(at(2 * time.Hour).Time); err != nil || tombstone.Version != want {
		t.Fatalf("deleted as version %d, %v; want %d", tombstone.Version, err, want)
	}
}

// conditions tries a write under every condition and in every state of a record. A failed write must change nothing.
func (t trial) conditions(
	try func(t trial, p user.Profile, cond domain.Condition) error,
	check func(cond domain.Condition, v domain.Version, exists bool) error,
) {
	states := map[string]func(p user.Profile){
		"absent":    func(user.Profile) {},
		"present":   func(p user.Profile) { t.save(p) },
		"deleted":   func(p user.Profile) { t.save(p); t.delete(p.ID, at(time.Second)) },
		"recreated": func(p user.Profile) { t.save(p); t.delete(p.ID, at(time.Second)); t.save(p) },
	}
	for state, prepare := range states {
		for name := range conditionsFor(0) {
			p := t.newProfile(user.Renter, at(0))
			prepare(p)
			before, errBefore := t.store.Get(t.Context(), p.ID)
			cond := conditionsFor(before.Version)[name]
			err := try(t, t.profileOf(p.ID, user.Rentee, at(time.Hour)), cond)
			want := check(cond, before.Version, errBefore == nil)
			t.wantError(state+", "+name, err, want)
			if want != nil && errBefore == nil {
				t.wantProfile(before)
			} else if want != nil {
				t.wantAbsent(p.ID)
			}
		}
	}
}

// conditionsFor returns conditions for a record of version v by name.
func conditionsFor(v domain.Version) map[string]domain.Condition {
	many := make([]domain.Version, 700) // as many as fit into the headers of a request
	for i := range many {
		many[i] = v + 1 + domain.Version(i)
	}
	return map[string]domain.Condition{
		"none":                         {},
		"must exist":                   domain.MustExist(),
		"must not exist":               domain.MustNotExist(),
		"must be this version":         domain.MustBe(v),
		"must be another version":      domain.MustBe(v + 1),
		"must be one of two":           domain.MustBe(v+1, v),
		"must be one of many":          domain.MustBe(append(many[:len(many):len(many)], v)...),
		"must be one of many others":   domain.MustBe(many...),
		"must be one of an empty list": domain.MustBe(),
	}
}

func trySave(t trial, p user.Profile, cond domain.Condition) error {
	_, _, err := t.store.Save(t.Context(), p, cond)
	return err
}
