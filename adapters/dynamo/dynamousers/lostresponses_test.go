package dynamousers_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/domain"
	"rental.example/domain/user"
)

// writeTest is a write to a prepared store.
type writeTest struct {
	prepare func(store user.Store, p user.Profile) error
	write   func(store user.Store, p user.Profile) (created bool, err error)
	reads   []dynamotest.Exchange // of the read before the write
	created bool                  // by the write
	exists  bool                  // after it
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
		"delete":               {existing, remove(ifMatch), []dynamotest.Exchange{dynamotest.Deliver}, false, false},
		"unconditional delete": {existing, remove(domain.Condition{}), []dynamotest.Exchange{dynamotest.Deliver}, false, false},
	}
}

// TestLostResponses loses the responses of writes that the engine has applied: the retry returns the result of the first
// attempt and has no second effect.
func TestLostResponses(t *testing.T) {
	t.Parallel()
	url := dynamotest.Endpoint(t)
	reliable := dynamo.NewClient(dynamotest.Config(url))
	table := dynamotest.NewTable(t, reliable, dynamousers.Schema)
	losses := map[string]dynamotest.Exchange{
		"reset":          dynamotest.Reset,
		"internal error": dynamotest.Response(http.StatusInternalServerError, `{"__type":"InternalServerError"}`),
		"bad gateway":    dynamotest.Response(http.StatusBadGateway, dynamotest.HTML),
		"truncated":      dynamotest.Truncated,
		"empty":          dynamotest.Response(http.StatusOK, ""),
		"HTML":           dynamotest.Response(http.StatusOK, dynamotest.HTML),
	}
	for loss, instead := range losses {
		for name, test := range writeTests(t) {
			t.Run(loss+"/"+name, func(t *testing.T) {
				p := profileAt(t, newID(), noon, "request-1")
				if err := test.prepare(dynamousers.New(reliable, table), p); err != nil {
					t.Fatal(err)
				}
				lost := dynamotest.Lose(instead, func() {})
				client, _ := dynamotest.NewClient(url, append(test.reads, lost, lost, dynamotest.Deliver)...)
				created, err := test.write(dynamousers.New(client, table), p)
				if err != nil || created != test.created {
					t.Errorf("write = %t, %v; want %t", created, err, test.created)
				}
				checkEffect(t, dynamousers.New(reliable, table), p, test.exists)
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
	url := dynamotest.Endpoint(t)
	reliable := dynamo.NewClient(dynamotest.Config(url))
	table := dynamotest.NewTable(t, reliable, dynamousers.Schema)
	for name, test := range writeTests(t) {
		t.Run(name, func(t *testing.T) {
			other := dynamousers.New(reliable, table)
			p := profileAt(t, newID(), noon, "request-1")
			if err := test.prepare(other, p); err != nil {
				t.Fatal(err)
			}
			want := profileAt(t, p.ID, noon.Add(time.Second), "request-2")
			overwritten := dynamotest.Lose(dynamotest.Reset, func() {
				var err error
				if want, _, err = other.Save(t.Context(), want, domain.Condition{}); err != nil {
					t.Error(err)
				}
			})
			client, sent := dynamotest.NewClient(url, append(test.reads, overwritten, dynamotest.Deliver)...)
			attempts := len(test.reads) + 2
			if _, err := test.write(dynamousers.New(client, table), p); dynamotest.KindOf(err) != domain.ErrUnavailable {
				t.Errorf("write = %v; want %v", err, domain.ErrUnavailable)
			}
			if got, err := other.Get(t.Context(), p.ID); err != nil || !got.Equal(want) || sent.Attempts != attempts {
				t.Errorf("Get = %+v, %v after %d attempts; want %+v after %d", got, err, sent.Attempts, want, attempts)
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
	newer := itemJSON(p, p.Version+9, "request-2")
	failure, throttled := dynamotest.Response(500, "{}"), dynamotest.Rejection("ThrottlingException")
	tests := map[string]struct {
		first   dynamotest.Exchange
		current string
		cond    domain.Condition
		kind    error
	}{
		"own write":                      {dynamotest.Reset, itemJSON(p, p.Version, "request-1"), domain.MustNotExist(), nil},
		"overwritten":                    {dynamotest.Reset, newer, domain.MustNotExist(), domain.ErrUnavailable},
		"overwritten after an error 500": {failure, newer, domain.MustBe(1), domain.ErrUnavailable},
		"overwritten, unconditional":     {dynamotest.Reset, newer, domain.Condition{}, domain.ErrUnavailable},
		"no effect":                      {dynamotest.Reset, itemJSON(p, p.Version-9, "request-2"), domain.MustNotExist(), domain.ErrPreconditionFailed},
		"no item":                        {dynamotest.Reset, "", domain.MustExist(), domain.ErrNotFound},
		"throttled, so without effect":   {throttled, newer, domain.MustNotExist(), domain.ErrPreconditionFailed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, sent := dynamotest.NewClient(dynamotest.NoEndpoint, test.first, dynamotest.ConditionFailed(test.current))
				_, _, err := dynamousers.New(client, "users-table").Save(t.Context(), p, test.cond)
				if dynamotest.KindOf(err) != test.kind || (err == nil) != (test.kind == nil) || sent.Attempts != 2 {
					t.Errorf("Save = %v after %d attempts; want %v after 2", err, sent.Attempts, test.kind)
				}
			})
		})
	}
}

// TestConflicts checks that Save against concurrent writers ends with its context, or after eight attempts.
func TestConflicts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		newer := `{"id":{"S":"x"},"version":{"N":"4999999999999999"},"createdAt":{"N":"1"},"requestId":{"S":"other"}}`
		client, sent := dynamotest.NewClient(dynamotest.NoEndpoint, dynamotest.ConditionFailed(newer))
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Millisecond)
		defer cancel()
		store := dynamousers.New(client, "users-table")
		_, _, err := store.Save(ctx, profileAt(t, someone, noon, "request-1"), domain.Condition{})
		if !errors.Is(err, domain.ErrUnavailable) {
			t.Errorf("Save = %v; want %v", err, domain.ErrUnavailable)
		}
		sent.Attempts = 0
		_, _, err = store.Save(t.Context(), profileAt(t, someone, noon, "request-1"), domain.Condition{})
		if !errors.Is(err, domain.ErrConflict) || sent.Attempts != 8 {
			t.Errorf("Save = %v after %d attempts; want %v after 8", err, sent.Attempts, domain.ErrConflict)
		}
	})
}
