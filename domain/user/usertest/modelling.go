package usertest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

const (
	modelSeeds = 8
	modelSteps = 150
)

// modelling runs random sequences of writes on a few ids against the store and against model.
func modelling() []test {
	var tests []test
	for seed := range uint64(modelSeeds) {
		tests = append(tests, test{fmt.Sprintf("model/seed=%d", seed), func(t trial) { followsModel(t, seed) }})
	}
	return append(tests, test{"model/any seed", func(t trial) {
		seed := rand.Uint64()
		t.Logf("seed=%d", seed)
		followsModel(t, seed)
	}})
}

// write is the arguments of one Save or Delete.
type write struct {
	deletes bool
	profile user.Profile
	cond    domain.Condition
	stamp   domain.Stamp
}

// outcome is what a Save or Delete answers; err is one of the domain's kinds.
type outcome struct {
	saved   user.Profile
	created bool
	buried  user.Tombstone
	err     error
}

func (t trial) do(w write) (o outcome) {
	if w.deletes {
		o.buried, o.err = t.store.Delete(t.Context(), w.profile.ID, w.cond, w.stamp)
	} else {
		o.saved, o.created, o.err = t.store.Save(t.Context(), w.profile, w.cond)
	}
	for _, kind := range []error{domain.ErrNotFound, domain.ErrPreconditionFailed} {
		if errors.Is(o.err, kind) {
			o.err = kind
		}
	}
	return o
}

// record is what the model holds under an id: the last version ever, and what bears it.
type record struct {
	version domain.Version
	exists  bool
	profile user.Profile
	buried  user.Tombstone
	created bool // whether the write that left the profile was its creation
}

// write is the port's comments, said again as briefly as possible.
func (r *record) write(w write) outcome {
	id := w.stamp.RequestID
	switch {
	case w.deletes && !r.exists && id != "" && r.buried.RequestID == id:
		return outcome{buried: r.buried}
	case w.deletes && !r.exists:
		return outcome{err: domain.ErrNotFound}
	case !w.deletes && r.exists && id != "" && r.profile.RequestID == id:
		return outcome{saved: r.profile, created: r.created}
	}
	if err := w.cond.Check(r.version, r.exists); err != nil {
		return outcome{err: err}
	}
	if w.deletes {
		r.version, r.exists = r.version.Next(w.stamp.Time), false
		r.buried = user.Tombstone{ID: w.profile.ID, Version: r.version, DeletedAt: w.stamp.Time, RequestID: id}
		return outcome{buried: r.buried}
	}
	next := w.profile
	next.Version = max(next.Version, r.version+1)
	next.CreatedAt, next.UpdatedAt = next.Version.Time(), next.Version.Time()
	if r.exists {
		next.CreatedAt = r.profile.CreatedAt
	}
	*r = record{version: next.Version, exists: true, profile: next, created: !r.exists}
	return outcome{saved: r.profile, created: r.created}
}

func followsModel(t trial, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	ids := []domain.UserID{newID(), newID(), newID()}
	records := make(map[domain.UserID]*record)
	var last write
	for step := range modelSteps {
		id := ids[rng.IntN(len(ids))]
		if records[id] == nil {
			records[id] = new(record)
		}
		if rng.IntN(5) > 0 || last.profile.ID != id {
			last = t.randomWrite(rng, id, *records[id], step)
		}
		before := *records[id]
		want, got := records[id].write(last), t.do(last)
		if got != want {
			t.Fatalf("seed %d, step %d: %+v\nover %+v\n got %+v\nwant %+v", seed, step, last, before, got, want)
		}
	}
	var present []user.Profile
	for id, r := range records {
		if r.exists {
			t.wantProfile(r.profile)
			present = append(present, r.profile)
		} else {
			t.wantAbsent(id)
		}
	}
	t.wantListed(user.ListQuery{Limit: 2}, present...)
}

// randomWrite is a Save or Delete under any condition, by a clock that jumps a minute back and forth.
func (t trial) randomWrite(rng *rand.Rand, id domain.UserID, r record, step int) write {
	s := at(time.Duration(step)*time.Second + time.Duration(rng.IntN(120)-60)*time.Second)
	if rng.IntN(8) == 0 {
		s.RequestID = ""
	}
	p := t.profileOf(id, user.Types()[rng.IntN(2)], s)
	p.Ratings = rng.Float64() * user.MaxRatings
	conds := []domain.Condition{{}, {}, domain.MustExist(), domain.MustNotExist(), domain.MustBe(),
		domain.MustBe(r.version), domain.MustBe(r.version-1, r.version), domain.MustBe(r.version - 1)}
	return write{deletes: rng.IntN(4) == 0, profile: p, cond: conds[rng.IntN(len(conds))], stamp: s}
}
