package usertest

import (
	"context"
	"strings"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func reading() []test {
	return []test{
		{"Get/of nobody", func(t trial) { t.wantAbsent(newID()) }},
		{"Get/what was saved, in full", readsInFull},
		{"Get/never applies today's rules", readsYesterdaysValues},
		{"a context that is over", refusesWhenOver},
	}
}

func readsInFull(t trial) {
	for _, ratings := range []float64{0, 1e-99, 0.1, 1.0 / 3, 99.99999999999999, 100} {
		p := t.newProfile(user.Rentee, at(0))
		p.Ratings = ratings
		p.Name = "Žofie 🚲 O'Neill \"Z\" <b>"
		p.EmailVerified = ratings > 1
		t.wantProfile(t.save(p))
		if got, _ := t.store.Get(t.Context(), p.ID); got != p {
			t.Errorf("Get\n got %+v\nwant %+v", got, p)
		}
	}
}

func readsYesterdaysValues(t trial) {
	p := t.newProfile(user.Renter, at(0))
	p.Name, p.Email, p.Type, p.Ratings = strings.Repeat("x", 500), "nobody", "landlord", 5000
	t.save(p)
	t.wantProfile(p)
}

func refusesWhenOver(t trial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
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

func saving() []test {
	return []test{
		{"Save/makes", saveMakes},
		{"Save/replaces", saveReplaces},
		{"Save/of one does nothing to another", saveIsAlone},
		{"Save/conditions", func(t trial) { t.conditions(trySave, domain.Condition.Check) }},
		{"Save/cannot replace what is deleted", saveNeedsProfile},
		{"Save/copies", saveCopies},
	}
}

func saveMakes(t trial) {
	p := t.newProfile(user.Renter, at(0))
	saved, created, err := t.store.Save(t.Context(), p, domain.Condition{})
	if err != nil || !created || saved != p {
		t.Errorf("Save\n got %+v, %t, %v\nwant %+v, true", saved, created, err, p)
	}
	t.wantProfile(p)
}

func saveReplaces(t trial) {
	first := t.save(t.newProfile(user.Renter, at(0)))
	want := t.profileOf(first.ID, user.Rentee, at(time.Hour))
	want.Name, want.Email, want.EmailVerified, want.Ratings = "Joan", "joan@example.org", false, 0
	saved, created, err := t.store.Save(t.Context(), want, domain.Condition{})
	want.CreatedAt = first.CreatedAt
	if err != nil || created || saved != want {
		t.Errorf("Save\n got %+v, %t, %v\nwant %+v, false", saved, created, err, want)
	}
	t.wantProfile(want)
}

func saveIsAlone(t trial) {
	a, b := t.save(t.newProfile(user.Renter, at(0))), t.save(t.newProfile(user.Renter, at(0)))
	b = t.save(renamed(b, "Joan", at(time.Second)))
	t.wantProfile(a)
	t.delete(a.ID, at(time.Minute))
	t.wantProfile(b)
}

func saveCopies(t trial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	versions := []domain.Version{p.Version}
	next, _, err := t.store.Save(t.Context(), renamed(p, "Joan", at(time.Second)), domain.MustBe(versions...))
	if err != nil {
		t.Fatal(err)
	}
	versions[0], next.Name = 0, "somebody else"
	got, err := t.store.Get(t.Context(), p.ID)
	if err != nil || got.Name != "Joan" {
		t.Errorf("Get = %+v, %v; want the name Joan", got, err)
	}
}

func saveNeedsProfile(t trial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	buried := t.delete(p.ID, at(time.Hour))
	for _, cond := range []domain.Condition{domain.MustBe(buried.Version), domain.MustBe(p.Version), domain.MustExist()} {
		err := trySave(t, t.profileOf(p.ID, user.Renter, at(2*time.Hour)), cond)
		t.wantError("Save of a deleted profile", err, domain.ErrNotFound)
	}
	t.wantAbsent(p.ID)
}

// conditions tries a write under every condition, over every state that a record can be in. A write
// that is refused must change nothing.
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
		for _, c := range conditionNames() {
			p := t.newProfile(user.Renter, at(0))
			prepare(p)
			before, errBefore := t.store.Get(t.Context(), p.ID)
			cond := conditionOn(c, before.Version)
			err := try(t, t.profileOf(p.ID, user.Rentee, at(time.Hour)), cond)
			want := check(cond, before.Version, errBefore == nil)
			t.wantError(state+", "+c, err, want)
			if want != nil && errBefore == nil {
				t.wantProfile(before)
			} else if want != nil {
				t.wantAbsent(p.ID)
			}
		}
	}
}

func conditionNames() []string {
	return []string{"none", "must exist", "must not exist", "must be it", "must be another",
		"must be one of two", "must be one of very many", "must be none of very many", "must be none"}
}

func conditionOn(name string, v domain.Version) domain.Condition {
	many := make([]domain.Version, 700) // as many as fit into one request's headers
	for i := range many {
		many[i] = v + 1 + domain.Version(i)
	}
	return map[string]domain.Condition{
		"none":                      {},
		"must exist":                domain.MustExist(),
		"must not exist":            domain.MustNotExist(),
		"must be it":                domain.MustBe(v),
		"must be another":           domain.MustBe(v + 1),
		"must be one of two":        domain.MustBe(v+1, v),
		"must be one of very many":  domain.MustBe(append(many, v)...),
		"must be none of very many": domain.MustBe(many...),
		"must be none":              domain.MustBe(),
	}[name]
}

func trySave(t trial, p user.Profile, cond domain.Condition) error {
	_, _, err := t.store.Save(t.Context(), p, cond)
	return err
}
