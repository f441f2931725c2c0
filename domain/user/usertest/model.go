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

// modelTests run random writes on a few ids against the store and a model of it, with fixed seeds and a random one.
func modelTests() (tests []test) {
	for seed := range uint64(modelSeeds) {
		tests = append(tests, test{fmt.Sprintf("model/seed=%d", seed), func(t trial) { matchesModel(t, seed) }})
	}
	return append(tests, test{"model/random seed", func(t trial) { matchesModel(t, rand.Uint64()) }})
}

// write is the arguments of a Save or Delete.
type write struct {
	deletes bool
	profile user.Profile
	cond    domain.Condition
	stamp   domain.Stamp
}

// result is what a Save or Delete returns.
type result struct {
	saved     user.Profile
	created   bool
	tombstone user.Tombstone
	err       error // unwrapped
}

func (t trial) do(w write) (r result) {
	if w.deletes {
		r.tombstone, r.err = t.store.Delete(t.Context(), w.profile.ID, w.cond, w.stamp)
	} else {
		r.saved, r.created, r.err = t.store.Save(t.Context(), w.profile, w.cond)
	}
	for _, kind := range []error{domain.ErrNotFound, domain.ErrPreconditionFailed} {
		if errors.Is(r.err, kind) {
			r.err = kind
		}
	}
	return r
}

// modelRecord is the model of one record.
type modelRecord struct {
	version   domain.Version // of the last write
	exists    bool
	profile   user.Profile
	tombstone user.Tombstone
	created   bool // whether the last write created the profile
}

// write does w as the port demands.
func (r *modelRecord) write(w write) result {
	id := w.stamp.RequestID
	switch {
	case w.deletes && !r.exists && id != "" && r.tombstone.RequestID == id:
		return result{tombstone: r.tombstone}
	case w.deletes && !r.exists:
		return result{err: domain.ErrNotFound}
	case !w.deletes && r.exists && id != "" && r.profile.RequestID == id:
		return result{saved: r.profile, created: r.created}
	}
	if err := w.cond.Check(r.version, r.exists); err != nil {
		return result{err: err}
	}
	if w.deletes {
		r.version, r.exists = r.version.Next(w.stamp.Time), false
		r.tombstone = user.Tombstone{ID: w.profile.ID, Version: r.version, DeletedAt: w.stamp.Time, RequestID: id}
		return result{tombstone: r.tombstone}
	}
	next := w.profile
	next.Version = max(next.Version, r.version+1)
	next.CreatedAt, next.UpdatedAt = next.Version.Time(), next.Version.Time()
	if r.exists {
		next.CreatedAt = r.profile.CreatedAt
	}
	*r = modelRecord{version: next.Version, exists: true, profile: next, created: !r.exists}
	return result{saved: r.profile, created: r.created}
}

func matchesModel(t trial, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	ids := []domain.UserID{newID(), newID(), newID()}
	records := make(map[domain.UserID]*modelRecord)
	var last write
	for step := range modelSteps {
		id := ids[rng.IntN(len(ids))]
		if records[id] == nil {
			records[id] = new(modelRecord)
		}
		if rng.IntN(5) > 0 || last.profile.ID != id { // else retry the last write
			last = t.randomWrite(rng, id, *records[id], step)
		}
		before := *records[id]
		want, got := records[id].write(last), t.do(last)
		if got != want {
			t.Fatalf("seed %d, step %d: %+v\non %+v\n got %+v\nwant %+v", seed, step, last, before, got, want)
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

// randomWrite returns a Save or Delete under any condition, by a clock that is up to a minute slow or fast.
func (t trial) randomWrite(rng *rand.Rand, id domain.UserID, r modelRecord, step int) write {
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
