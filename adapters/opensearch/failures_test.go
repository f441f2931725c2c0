package opensearch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
	"rental.example/domain/item"
)

type failure struct {
	exchange exchange
	kind     error // nil: permanent
	attempts int
}

func failures() map[string]failure {
	return map[string]failure{
		"connection refused":   {refused, domain.ErrUnavailable, 3},
		"connection reset":     {reset, domain.ErrUnavailable, 3},
		"connection closed":    {closed, domain.ErrUnavailable, 3},
		"timeout":              {hang, domain.ErrUnavailable, 1},
		"truncated":            {truncate, domain.ErrUnavailable, 3},
		"truncated JSON":       {respond(200, `{"_index":"items-v1","_id":"`), domain.ErrUnavailable, 3},
		"empty":                {respond(200, ""), domain.ErrUnavailable, 3},
		"throttled":            {respond(429, rejected), domain.ErrUnavailable, 3},
		"throttled, HTML":      {respond(429, gatewayPage), domain.ErrUnavailable, 3},
		"bad gateway":          {respond(502, gatewayPage), domain.ErrUnavailable, 3},
		"no shards":            {respond(503, noShards), domain.ErrUnavailable, 6}, // three of them ask for its health
		"shards failed":        {respond(503, shardsFailed), domain.ErrUnavailable, 1},
		"time exceeded":        {respond(500, timeExceeded), domain.ErrUnavailable, 1},
		"gateway timeout":      {respond(504, `{"message":"Endpoint request timed out"}`), domain.ErrUnavailable, 1},
		"HTML as a success":    {respond(200, gatewayPage), domain.ErrUnavailable, 3},
		"HTML as not found":    {respond(404, gatewayPage), domain.ErrUnavailable, 3},
		"internal error":       {respond(500, `{"error":{"type":"null_pointer_exception","reason":null},"status":500}`), domain.ErrUnavailable, 1},
		"redirected":           {respond(302, `{}`), domain.ErrUnavailable, 1},
		"another JSON":         {respond(200, `{}`), domain.ErrUnavailable, 1},
		"JSON of another type": {respond(200, `[1]`), domain.ErrUnavailable, 1},
		"null":                 {respond(200, `null`), domain.ErrUnavailable, 1},
		"blocked":              {respond(403, blocked), domain.ErrUnavailable, 1},
		"forbidden by AWS":     {respond(403, forbidden), nil, 1},
		"expired token":        {respond(403, expired), nil, 1},
		"reason alone":         {respond(400, failedBare), nil, 1},
		"not found by AWS":     {respond(404, `{"message":"Not Found"}`), nil, 1},
		"index always missing": {respond(404, noSuchIndex), domain.ErrUnavailable, 2},
	}
}

// TestFailures has every call meet every failure. None means a missing item, a conflict or a success, and none is retried
// more often than is useful.
func TestFailures(t *testing.T) {
	t.Parallel()
	for name, test := range failures() {
		for call := range calls(t, nil) {
			t.Run(name+"/"+call, func(t *testing.T) {
				t.Parallel()
				want := test.attempts
				if timeout := name == "timeout" || name == "gateway timeout"; timeout && slices.Contains([]string{"Create", "Replace", "Delete", "Remove"}, call) {
					want = 3 // the outcome of a write is unknown
				}
				synctest.Test(t, func(t *testing.T) {
					c, sent := newFakeClient(t, fakeEndpoint, "items", test.exchange)
					err := calls(t, c)[call]()
					if err == nil || kindOf(err) != test.kind || sent.attempts != want {
						t.Errorf("%v (kind %v) after %d attempts; want kind %v after %d", err, kindOf(err), sent.attempts, test.kind, want)
					}
				})
			})
		}
	}
}

// TestThirdAttempt succeeds after two failures.
func TestThirdAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, sent := newFakeClient(t, fakeEndpoint, "items", respond(503, noShards), reset, respond(404, `{"_id":"x","found":false}`))
		_, err := opensearch.NewItems(c).Get(t.Context(), someID)
		if !errors.Is(err, domain.ErrNotFound) || sent.attempts != 3 {
			t.Errorf("Get = %v after %d attempts; want %v after 3", err, sent.attempts, domain.ErrNotFound)
		}
	})
}

// TestAwaitsShards checks that a request that finds an index without active shards waits for them and is sent again.
func TestAwaitsShards(t *testing.T) {
	t.Parallel()
	const noShard = `{"docs":[{"_id":"x","error":{"type":"no_shard_available_action_exception","reason":"No shard available"}}]}`
	missing := fmt.Sprintf(`{"docs":[{"_id":%q,"found":false}]}`, someOwner)
	healthy := func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodGet || r.URL.Path != "/_cluster/health/items-owners" || r.URL.Query().Get("wait_for_active_shards") != "1" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		return respond(200, `{"status":"yellow"}`)(r)
	}
	for name, test := range map[string]struct {
		exchanges []exchange
		kind      error
	}{
		"active":    {[]exchange{respond(200, noShard), healthy, respond(200, missing)}, nil},
		"timeout":   {[]exchange{respond(200, noShard), respond(408, `{"status":"red","timed_out":true}`)}, domain.ErrUnavailable},
		"inactive":  {[]exchange{respond(200, noShard), healthy, respond(200, noShard)}, domain.ErrUnavailable},
		"forbidden": {[]exchange{respond(200, noShard), respond(403, forbidden)}, domain.ErrUnavailable},
		"created": {[]exchange{
			respond(404, noSuchIndex), respond(200, `{"acknowledged":true}`), respond(200, noShard), healthy, respond(200, missing),
		}, nil},
	} {
		c, sent := newFakeClient(t, fakeEndpoint, "items", test.exchanges...)
		if err := calls(t, c)["Owners"](); kindOf(err) != test.kind || (err == nil) != (test.kind == nil) || sent.attempts != len(test.exchanges) {
			t.Errorf("%s: %v after %d attempts; want kind %v after %d", name, err, sent.attempts, test.kind, len(test.exchanges))
		}
	}
}

func TestHugeResponses(t *testing.T) {
	t.Parallel()
	for call := range calls(t, nil) {
		var huge endless
		c, sent := newFakeClient(t, fakeEndpoint, "items", huge.exchange)
		err := calls(t, c)[call]()
		if !errors.Is(err, domain.ErrUnavailable) || sent.attempts != 1 || huge.read > 8<<20 || !huge.closed {
			t.Errorf("%s = %v after %d attempts; read %d bytes, closed %t", call, err, sent.attempts, huge.read, huge.closed)
		}
	}
}

// TestContextEnds checks that there are no retries after the end of the context.
func TestContextEnds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		exchange exchange
		attempts int
	}{"timeout": {hang, 1}, "throttled": {respond(429, rejected), 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
				defer cancel()
				start := time.Now()
				c, sent := newFakeClient(t, fakeEndpoint, "items", test.exchange)
				_, err := opensearch.NewItems(c).Get(ctx, someID)
				if !errors.Is(err, domain.ErrUnavailable) || sent.attempts > test.attempts || time.Since(start) > time.Second {
					t.Errorf("Get = %v after %d attempts and %v", err, sent.attempts, time.Since(start))
				}
			})
		})
	}
}

// TestSearchRejects checks that partial and malformed responses are unavailability, whatever their status.
func TestSearchRejects(t *testing.T) {
	t.Parallel()
	const valid = `{"timed_out":false,"_shards":{"failed":0},"hits":{"total":{"value":0,"relation":"eq"},"hits":[]}}`
	for name, edit := range map[string][2]string{
		"valid":                     {"", ""},
		"timed out":                 {`"timed_out":false`, `"timed_out":true`},
		"failed shards":             {`"failed":0`, `"failed":1`},
		"no hits":                   {`,"hits":[]`, ``},
		"null hits":                 {`,"hits":[]`, `,"hits":null`},
		"no total":                  {`"value":0,`, ``},
		"a hit without sort values": {`[]`, `[{"_source":{}}]`},
		"a hit with one sort value": {`[]`, `[{"_source":{},"sort":[1]}]`},
		"a hit without a document":  {`[]`, `[{"sort":[1,"x"]}]`},
		"a hit of other types":      {`[]`, `[{"_source":{"tags":"red"},"sort":[1,"x"]}]`},
	} {
		var want error
		if name != "valid" {
			want = domain.ErrUnavailable
		}
		c, _ := newFakeClient(t, fakeEndpoint, "items", respond(200, strings.Replace(valid, edit[0], edit[1], 1)))
		_, err := opensearch.NewItems(c).Search(t.Context(), item.Query{Limit: 10, Sort: item.ByNewest})
		if kindOf(err) != want || (err == nil) != (want == nil) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}

// TestOwnersRejects checks that only a missing document is an unknown owner.
func TestOwnersRejects(t *testing.T) {
	t.Parallel()
	const missing = `{"_id":"` + string(someOwner) + `","found":false}`
	for name, test := range map[string]struct {
		docs string
		kind error
	}{
		"missing":                {missing, nil},
		"failed":                 {`{"_id":"` + string(someOwner) + `","error":{"type":"no_shard_available_action_exception","reason":""}}`, domain.ErrUnavailable},
		"failed permanently":     {`{"_id":"` + string(someOwner) + `","error":{"type":"illegal_argument_exception","reason":""}}`, domain.ErrUnavailable},
		"another":                {strings.ReplaceAll(missing, "cafe", "beef"), domain.ErrUnavailable},
		"none":                   {"", domain.ErrUnavailable},
		"too many":               {missing + "," + missing, domain.ErrUnavailable},
		"no result":              {`{"_id":"` + string(someOwner) + `"}`, domain.ErrUnavailable},
		"found without a source": {`{"_id":"` + string(someOwner) + `","found":true,"_seq_no":1,"_primary_term":1}`, domain.ErrUnavailable},
	} {
		c, _ := newFakeClient(t, fakeEndpoint, "items", respond(200, `{"docs":[`+test.docs+`]}`))
		got, err := opensearch.NewOwners(c).Owners(t.Context(), []domain.UserID{someOwner})
		if kindOf(err) != test.kind || (err == nil) != (test.kind == nil) {
			t.Errorf("%s: %+v, %v; want %v", name, got, err, test.kind)
		}
	}
}

// TestNoIDReachesURL: what is no id is not sent.
func TestNoIDReachesURL(t *testing.T) {
	t.Parallel()
	c, sent := newFakeClient(t, fakeEndpoint, "items", func(r *http.Request) (*http.Response, error) {
		t.Errorf("sent %s", r.URL)
		return nil, errors.New("unexpected request")
	})
	items, owners, holdings := opensearch.NewItems(c), opensearch.NewOwners(c), opensearch.NewHoldings(c)
	for _, id := range []item.ID{"", "a?op_type=index", "../_all", someID + "#", "01j9zzzzzzzzzzzzzzzzzzzzzz"} {
		if _, err := items.Get(t.Context(), id); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("Get(%q) = %v", id, err)
		}
		if err := items.Delete(t.Context(), id, "5.1"); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("Delete(%q) = %v", id, err)
		}
		i := newItem(t, id, "Drill", "")
		if err := items.Create(t.Context(), i); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("Create(%q) = %v", id, err)
		}
		if err := items.Replace(t.Context(), i, "5.1"); !errors.Is(err, domain.ErrConflict) {
			t.Errorf("Replace(%q) = %v", id, err)
		}
		if changed, err := holdings.Remove(t.Context(), []item.Holding{{ID: id, Revision: "5.1"}}); changed != 0 || err != nil {
			t.Errorf("Remove(%q) = %d, %v", id, changed, err)
		}
		if _, err := owners.Merge(t.Context(), item.OwnerEvent{OwnerID: domain.UserID(id), Version: 1}); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("Merge(%q) = %v", id, err)
		}
	}
	if sent.attempts > 0 {
		t.Errorf("%d attempts", sent.attempts)
	}
}

// TestErrorsQuoteNothing checks that no error contains the reason of a 400, which quotes the request: errors are logged.
func TestErrorsQuoteNothing(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"object": `{"error":{"type":"mapper_parsing_exception","reason":"failed to parse. Preview of field's value: 'SECRET'"},"status":400}`,
		"text":   `{"error":"no: SECRET","status":400}`,
		"array":  `{"error":["SECRET"],"status":400}`,
	} {
		client, _ := newFakeClient(t, fakeEndpoint, "items", respond(http.StatusBadRequest, body))
		for call, run := range calls(t, client) {
			if err := run(); err == nil || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%s, %s: %v", name, call, err)
			}
		}
	}
}
