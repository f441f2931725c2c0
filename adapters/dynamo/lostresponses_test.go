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

// deliver sends the request to the engine and returns its response.
func deliver(r *http.Request) (*http.Response, error) { return http.DefaultTransport.RoundTrip(r) }

// lose sends the request to the engine, calls then, and returns the response of instead.
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

// writeTest is a write to a prepared store.
type writeTest struct {
	prepare func(store user.Store, p user.Profile) error
	write   func(store user.Store, p user.Profile) (created bool, err error)
	reads   []exchange // of the read before the write
	created bool       // by the write
	exists  bool       // after it
}

func writeTests(t *testing.T) map[string]writeTest {
	empty := func(user.Store, user.Profile) error { return nil }
	existing := func(store user.Store, p user.Profile) error {
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
	ifMatch := domain.MustBe(domain.VersionAt(noon.Add(-time.Hour)))
	return map[string]writeTest{
		"create":               {empty, save(domain.MustNotExist()), nil, true, true},
		"unconditional create": {empty, save(domain.Condition{}), nil, true, true},
		"replace":              {existing, save(ifMatch), nil, false, true},
		"unconditional":        {existing, save(domain.Condition{}), nil, false, true},
		"delete":               {existing, remove(ifMatch), []exchange{deliver}, false, false},
		"unconditional delete": {existing, remove(domain.Condition{}), []exchange{deliver}, false, false},
	}
}

// TestLostResponses loses the responses of writes that the engine has applied: the retry returns the result of the first
// attempt and has no second effect.
func TestLostResponses(t *testing.T) {
	t.Parallel()
	url := endpoint(t)
	reliable := dynamo.NewClient(configFor(url))
	table := newTable(t, reliable)
	losses := map[string]exchange{
		"reset":          reset,
		"internal error": response(http.StatusInternalServerError, `{"__type":"InternalServerError"}`),
		"bad gateway":    response(http.StatusBadGateway, badGateway),
		"truncated":      truncated,
		"empty":          response(http.StatusOK, ""),
		"HTML":           response(http.StatusOK, badGateway),
	}
	for loss, instead := range losses {
		for name, test := range writeTests(t) {
			t.Run(loss+"/"+name, func(t *testing.T) {
				p := profileAt(t, newID(), noon, "request-1")
				if err := test.prepare(dynamo.NewUsers(reliable, table), p); err != nil {
					t.Fatal(err)
				}
				lost := lose(instead, func() {})
				client, _ := newClient(url, append(test.reads, lost, lost, deliver)...)
				created, err := test.write(dynamo.NewUsers(client, table), p)
				if err != nil || created != test.created {
					t.Errorf("write = %t, %v; want %t", created, err, test.created)
				}
				checkEffect(t, dynamo.NewUsers(reliable, table), p, test.exists)
			})
		}
	}
}

// checkEffect checks that p's version is the last one, so that its write took effect once.
func checkEffect(t *testing.T, store user.Store, p user.Profile, exists bool) {
	t.Helper()
	got, err := store.Get(t.Context(), p.ID)
	if exists {
		if err != nil || got.Version != p.Version || got.RequestID != p.RequestID {
			t.Errorf("Get = %+v, %v; want version %d", got, err, p.Version)
		}
		return
	}
	if !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Get = %+v, %v; want %v", got, err, domain.ErrNotFound)
	}
	next, _, err := store.Save(t.Context(), profileAt(t, p.ID, noon.Add(-time.Hour), "request-9"), domain.Condition{})
	if err != nil || next.Version != p.Version+1 {
		t.Errorf("created again at version %d, %v; want %d", next.Version, err, p.Version+1)
	}
}

// TestAmbiguousWrites overwrites a write whose response was lost: the retry fails with domain.ErrUnavailable and does not
// write.
func TestAmbiguousWrites(t *testing.T) {
	t.Parallel()
	url := endpoint(t)
	reliable := dynamo.NewClient(configFor(url))
	table := newTable(t, reliable)
	for name, test := range writeTests(t) {
		t.Run(name, func(t *testing.T) {
			other := dynamo.NewUsers(reliable, table)
			p := profileAt(t, newID(), noon, "request-1")
			if err := test.prepare(other, p); err != nil {
				t.Fatal(err)
			}
			want := profileAt(t, p.ID, noon.Add(time.Second), "request-2")
			overwritten := lose(reset, func() {
				var err error
				if want, _, err = other.Save(t.Context(), want, domain.Condition{}); err != nil {
					t.Error(err)
				}
			})
			client, sent := newClient(url, append(test.reads, overwritten, deliver)...)
			attempts := len(test.reads) + 2
			if _, err := test.write(dynamo.NewUsers(client, table), p); kindOf(err) != domain.ErrUnavailable {
				t.Errorf("write = %v; want %v", err, domain.ErrUnavailable)
			}
			if got, err := other.Get(t.Context(), p.ID); err != nil || !got.Equal(want) || sent.attempts != attempts {
				t.Errorf("Get = %+v, %v after %d attempts; want %+v after %d", got, err, sent.attempts, want, attempts)
			}
		})
	}
}

// itemJSON returns a profile's item in the JSON of the service.
func itemJSON(p user.Profile, version domain.Version, requestID string) string {
	return fmt.Sprintf(`{"id":{"S":"%s"},"version":{"N":"%d"},"createdAt":{"N":"1"},"requestId":{"S":"%s"}}`, p.ID, version, requestID)
}

// TestFailedConditions needs no engine: the condition of the second attempt fails on a current item.
func TestFailedConditions(t *testing.T) {
	t.Parallel()
	p := profileAt(t, someone, noon, "request-1")
	tests := map[string]struct {
		first   exchange
		current string
		cond    domain.Condition
		kind    error
	}{
		"own write":                      {reset, itemJSON(p, p.Version, "request-1"), domain.MustNotExist(), nil},
		"overwritten":                    {reset, itemJSON(p, p.Version+9, "request-2"), domain.MustNotExist(), domain.ErrUnavailable},
		"overwritten after an error 500": {response(500, "{}"), itemJSON(p, p.Version+9, "request-2"), domain.MustBe(1), domain.ErrUnavailable},
		"overwritten, unconditional":     {reset, itemJSON(p, p.Version+9, "request-2"), domain.Condition{}, domain.ErrUnavailable},
		"no effect":                      {reset, itemJSON(p, p.Version-9, "request-2"), domain.MustNotExist(), domain.ErrPreconditionFailed},
		"no item":                        {reset, "", domain.MustExist(), domain.ErrNotFound},
		"throttled, so without effect":   {rejection("ThrottlingException"), itemJSON(p, p.Version+9, "request-2"), domain.MustNotExist(), domain.ErrPreconditionFailed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, sent := newClient(noEndpoint, test.first, conditionFailed(test.current))
				_, _, err := dynamo.NewUsers(client, "users-table").Save(t.Context(), p, test.cond)
				if kindOf(err) != test.kind || (err == nil) != (test.kind == nil) || sent.attempts != 2 {
					t.Errorf("Save = %v after %d attempts; want %v after 2", err, sent.attempts, test.kind)
				}
			})
		})
	}
}
