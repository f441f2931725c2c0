package dynamo_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
	"rental.example/domain/user"
)

// deliver sends the request to the engine and returns its answer.
func deliver(r *http.Request) (*http.Response, error) { return http.DefaultTransport.RoundTrip(r) }

// lose has the engine carry out the request, does then, and answers with instead.
func lose(instead exchange, then func()) exchange {
	return func(r *http.Request) (*http.Response, error) {
		out, err := deliver(r)
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(io.Discard, out.Body)
		if err = errors.Join(err, out.Body.Close()); err != nil {
			return nil, err
		}
		then()
		return instead(r)
	}
}

// writeTest is a write over a state that an honest client prepared.
type writeTest struct {
	prepare func(store user.Store, p user.Profile) error
	write   func(store user.Store, p user.Profile) (created bool, err error)
	reads   []exchange // what the write reads before it
	created bool       // by the write
	exists  bool       // after it
}

func writeTests(t *testing.T) map[string]writeTest {
	nothing := func(user.Store, user.Profile) error { return nil }
	make := func(store user.Store, p user.Profile) error {
		p.Version, p.RequestID = domain.VersionAt(noon.Add(-time.Hour)), "request-0"
		_, _, err := store.Save(t.Context(), p, domain.Condition{})
		return err
	}
	save := func(cond domain.Condition) func(user.Store, user.Profile) (bool, error) {
		return func(store user.Store, p user.Profile) (bool, error) {
			_, created, err := store.Save(t.Context(), p, cond)
			return created, err
		}
	}
	remove := func(cond domain.Condition) func(user.Store, user.Profile) (bool, error) {
		return func(store user.Store, p user.Profile) (bool, error) {
			_, err := store.Delete(t.Context(), p.ID, cond, domain.Stamp{Time: p.UpdatedAt, RequestID: p.RequestID})
			return false, err
		}
	}
	before := domain.MustBe(domain.VersionAt(noon.Add(-time.Hour)))
	return map[string]writeTest{
		"creation":              {nothing, save(domain.MustNotExist()), nil, true, true},
		"creation of anything":  {nothing, save(domain.Condition{}), nil, true, true},
		"replacement":           {make, save(before), nil, false, true},
		"any replacement":       {make, save(domain.Condition{}), nil, false, true},
		"deletion":              {make, remove(before), []exchange{deliver}, false, false},
		"unconditional removal": {make, remove(domain.Condition{}), []exchange{deliver}, false, false},
	}
}

// TestLostAnswersAreSettled loses the answers of writes that the engine has carried out: the caller
// gets the answer of the first, and there is no second effect.
func TestLostAnswersAreSettled(t *testing.T) {
	t.Parallel()
	url := endpoint(t)
	honest := dynamo.NewClient(configFor(url))
	table := newTable(t, honest)
	losses := map[string]exchange{
		"reset":          reset,
		"internal error": answer(http.StatusInternalServerError, `{"__type":"InternalServerError"}`),
		"bad gateway":    answer(http.StatusBadGateway, gatewayTop),
		"cut off":        cut,
		"empty":          answer(http.StatusOK, ""),
		"HTML":           answer(http.StatusOK, gatewayTop),
	}
	for loss, instead := range losses {
		for name, test := range writeTests(t) {
			t.Run(loss+"/"+name, func(t *testing.T) {
				p := profileAt(t, newID(), noon, "request-1")
				if err := test.prepare(dynamo.NewUsers(honest, table), p); err != nil {
					t.Fatal(err)
				}
				lost := lose(instead, func() {})
				client, _ := clientOver(url, append(test.reads, lost, lost, deliver)...)
				store := dynamo.NewUsers(client, table)
				created, err := test.write(store, p)
				if err != nil || created != test.created {
					t.Errorf("write = %t, %v; want %t", created, err, test.created)
				}
				checkEffect(t, dynamo.NewUsers(honest, table), p, test.exists)
			})
		}
	}
}

// checkEffect finds that the write at p's version happened once: its version is the last.
func checkEffect(t *testing.T, store user.Store, p user.Profile, exists bool) {
	t.Helper()
	got, err := store.Get(t.Context(), p.ID)
	if exists && (err != nil || got.Version != p.Version || got.RequestID != p.RequestID) {
		t.Errorf("Get = %+v, %v; want version %d", got, err, p.Version)
	}
	if exists {
		return
	}
	if !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Get = %+v, %v; want %v", got, err, domain.ErrNotFound)
	}
	again, _, err := store.Save(t.Context(), profileAt(t, p.ID, noon.Add(-time.Hour), "request-9"), domain.Condition{})
	if err != nil || again.Version != p.Version+1 {
		t.Errorf("made again at version %d, %v; want %d", again.Version, err, p.Version+1)
	}
}

// TestLostAnswersMayStayUnknown has another writer overwrite a write whose answer was lost. Whether it
// ever took effect, nobody can tell any more: neither is it refused, nor done a second time.
func TestLostAnswersMayStayUnknown(t *testing.T) {
	t.Parallel()
	url := endpoint(t)
	honest := dynamo.NewClient(configFor(url))
	table := newTable(t, honest)
	for name, test := range writeTests(t) {
		t.Run(name, func(t *testing.T) {
			other := dynamo.NewUsers(honest, table)
			p := profileAt(t, newID(), noon, "request-1")
			if err := test.prepare(other, p); err != nil {
				t.Fatal(err)
			}
			want := profileAt(t, p.ID, noon.Add(time.Second), "request-2")
			overtaken := lose(reset, func() {
				var err error
				if want, _, err = other.Save(t.Context(), want, domain.Condition{}); err != nil {
					t.Error(err)
				}
			})
			client, sent := clientOver(url, append(test.reads, overtaken, deliver)...)
			attempts := len(test.reads) + 2
			if _, err := test.write(dynamo.NewUsers(client, table), p); kindOf(err) != domain.ErrUnavailable {
				t.Errorf("write = %v; want %v", err, domain.ErrUnavailable)
			}
			if got, err := other.Get(t.Context(), p.ID); err != nil || got != want || sent.attempts != attempts {
				t.Errorf("Get = %+v, %v after %d attempts; want %+v after %d", got, err, sent.attempts, want, attempts)
			}
		})
	}
}

// itemOf is an item of the users table in the service's JSON.
func itemOf(p user.Profile, version domain.Version, requestID string) string {
	return fmt.Sprintf(`{"id":{"S":"%s"},"version":{"N":"%d"},"createdAt":{"N":"1"},"requestId":{"S":"%s"}}`, p.ID, version, requestID)
}

// TestFailedConditionsAfterDoubt needs no engine: one attempt without an answer, then a failed
// condition over what the test says.
func TestFailedConditionsAfterDoubt(t *testing.T) {
	t.Parallel()
	p := profileAt(t, someone, noon, "request-1")
	tests := map[string]struct {
		first   exchange
		present string
		cond    domain.Condition
		kind    error
	}{
		"our own success":                  {reset, itemOf(p, p.Version, "request-1"), domain.MustNotExist(), nil},
		"overtaken":                        {reset, itemOf(p, p.Version+9, "request-2"), domain.MustNotExist(), domain.ErrUnavailable},
		"overtaken after a server's error": {answer(500, "{}"), itemOf(p, p.Version+9, "request-2"), domain.MustBe(1), domain.ErrUnavailable},
		"overtaken, unconditionally":       {reset, itemOf(p, p.Version+9, "request-2"), domain.Condition{}, domain.ErrUnavailable},
		"never took effect":                {reset, itemOf(p, p.Version-9, "request-2"), domain.MustNotExist(), domain.ErrPreconditionFailed},
		"nothing there":                    {reset, "", domain.MustExist(), domain.ErrNotFound},
		"throttled, so surely not ours":    {refusal("ThrottlingException"), itemOf(p, p.Version+9, "request-2"), domain.MustNotExist(), domain.ErrPreconditionFailed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, sent := clientOver(nowhere, test.first, failedCondition(test.present))
				_, _, err := dynamo.NewUsers(client, "users-table").Save(t.Context(), p, test.cond)
				if kindOf(err) != test.kind || (err == nil) != (test.kind == nil) || sent.attempts != 2 {
					t.Errorf("Save = %v after %d attempts; want %v after 2", err, sent.attempts, test.kind)
				}
			})
		})
	}
}
