package domaintest

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"rental.example/domain"
)

// write is the arguments of a Save or a Delete.
type write[R any] struct {
	deletes bool
	r       R // to save, written at stamp
	stamp   domain.Stamp
	cond    domain.Condition
}

// model is one record of a store, as the contract demands it.
type model[R any, P comparable] struct {
	storeTrial[R, P]
	first     R // the record's id is this one's
	version   domain.Version
	requestID string // of the last write
	exists    bool
	r         R    // if it exists
	created   bool // whether the last write created it
}

// expect does w as the contract demands, or returns the error.
func (m *model[R, P]) expect(w write[R]) error {
	if w.stamp.RequestID != "" && w.stamp.RequestID == m.requestID && w.deletes != m.exists {
		return nil // a retry
	}
	if w.deletes && !m.exists {
		return domain.ErrNotFound
	}
	if err := w.cond.Check(m.version, m.exists); err != nil {
		return err
	}
	m.requestID = w.stamp.RequestID
	if w.deletes {
		m.version, m.exists = m.version.Next(w.stamp.Time), false
		return nil
	}
	m.version = max(m.Info(w.r).Version, m.version+1)
	var before *R
	if m.exists {
		before = &m.r
	}
	m.created, m.exists, m.r = !m.exists, true, m.Saved(w.r, m.version, before)
	return nil
}

// do does w and compares result and stored record with the model. history describes the writes before.
func (m *model[R, P]) do(history string, w write[R]) {
	m.Helper()
	before := m.version
	want := m.expect(w)
	var problem string
	if w.deletes {
		v, err := m.Delete(m.Context(), m.id(w.r), w.cond, w.stamp)
		if !errors.Is(err, want) || want == nil && v != m.version {
			problem = fmt.Sprintf("version %d, error %v; want %d, %v", v, err, m.version, want)
		}
	} else {
		saved, created, err := m.Save(m.Context(), w.r, w.cond)
		if !errors.Is(err, want) || want == nil && (created != m.created || !m.Equal(saved, m.r)) {
			problem = fmt.Sprintf("%+v, created %t, error %v; want %+v, %t, %v", saved, created, err, m.r, m.created, want)
		}
	}
	got, err := m.Get(m.Context(), m.id(w.r))
	if m.exists && (err != nil || !m.Equal(got, m.r)) || !m.exists && !errors.Is(err, domain.ErrNotFound) {
		problem += fmt.Sprintf("; then Get = %+v, %v; want %+v, exists %t", got, err, m.r, m.exists)
	}
	if problem != "" {
		m.Fatalf("%s: %s\nof a write over version %d: %+v", history, problem, before, w)
	}
}

// conditionsFor returns conditions for a record of version v.
func conditionsFor(v domain.Version) []domain.Condition {
	many := make([]domain.Version, 700) // as many as fit into the headers of a request
	for i := range many {
		many[i] = v + 1 + domain.Version(i)
	}
	return []domain.Condition{
		{}, domain.MustExist(), domain.MustNotExist(), domain.MustBe(), domain.MustBe(v), domain.MustBe(v - 1),
		domain.MustBe(v-1, v), domain.MustBe(math.MaxInt64-1, v), domain.MustBe(append(many[:700:700], v)...), domain.MustBe(many...),
	}
}

// write returns a Save or a Delete over the record of m. text distinguishes what it saves.
func (m *model[R, P]) write(deletes bool, text string, cond domain.Condition, s domain.Stamp) write[R] {
	return write[R]{deletes: deletes, r: m.Change(m.first, text, s), cond: cond, stamp: s}
}

// newModel returns a model after a history of saves "s" and deletions "d", with the RequestIDs of these.
func (t storeTrial[R, P]) newModel(n int, history string) (m *model[R, P], requests []string) {
	m = &model[R, P]{storeTrial: t, first: t.New(n, At(0))}
	for step, op := range history {
		s := At(time.Duration(step) * time.Hour)
		m.do(history[:step], m.write(op == 'd', string(op), domain.Condition{}, s))
		requests = append(requests, s.RequestID)
	}
	return m, requests
}

// writesOfEachKind tries each write, under each condition, in each state of a record, by a slow and a fast clock: as a retry
// of each write before, as a new request, and without a RequestID.
func writesOfEachKind[R any, P comparable](t storeTrial[R, P]) {
	try := func(history string, condition int, clock time.Duration, deletes bool) {
		for request := range len(history) + 2 {
			m, requests := t.newModel(request, history)
			s := At(clock)
			s.RequestID = append(requests, s.RequestID, "")[request]
			what := fmt.Sprintf("after %q, condition %d, request %d", history, condition, request)
			m.do(what, m.write(deletes, "last", conditionsFor(m.version)[condition], s))
		}
	}
	for _, history := range []string{"", "s", "ss", "sd", "sds"} {
		for condition := range conditionsFor(0) {
			for _, clock := range []time.Duration{-5 * time.Hour, 5 * time.Hour} {
				if t.Delete != nil {
					try(history, condition, clock, true)
				}
				if t.Delete != nil || !strings.Contains(history, "d") {
					try(history, condition, clock, false)
				}
			}
		}
	}
}

// randomWrites does random writes on a few records, by clocks that are up to a minute slow or fast. Some are retries.
func randomWrites[R any, P comparable](t storeTrial[R, P], seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	var models [3]*model[R, P]
	for i := range models {
		models[i], _ = t.newModel(i, "")
	}
	last := make(map[*model[R, P]]domain.Stamp)
	for step := range 150 {
		m := models[rng.IntN(len(models))]
		if rng.IntN(5) > 0 || last[m].Time.IsZero() { // else in the same request
			last[m] = At(time.Duration(step)*time.Second + time.Duration(rng.IntN(120)-60)*time.Second)
		}
		s := last[m]
		if rng.IntN(8) == 0 {
			s.RequestID = ""
		}
		conds := append(conditionsFor(m.version), domain.Condition{}, domain.Condition{}, domain.MustBe(m.version))
		deletes := rng.IntN(4) == 0 && t.Delete != nil
		w := m.write(deletes, fmt.Sprint(step), conds[rng.IntN(len(conds))], s)
		if t.Move != nil && rng.IntN(2) == 0 {
			w.r = t.Move(w.r, s)
		}
		m.do(fmt.Sprintf("seed %d, step %d", seed, step), w)
	}
	var present []R
	for _, m := range models {
		if m.exists {
			present = append(present, m.r)
		}
	}
	t.wantListed(present, 2)
}
