package opensearch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/domain"
)

func TestFailures(t *testing.T) {
	t.Parallel()
	opensearchtest.RunFailures(t, callsOver, "Create", "Replace", "Delete", "BulkDelete")
}

func TestHugeResponses(t *testing.T) {
	t.Parallel()
	opensearchtest.RunHugeResponses(t, callsOver)
}

func TestErrorsQuoteNothing(t *testing.T) {
	t.Parallel()
	opensearchtest.RunErrorsQuoteNothing(t, callsOver)
}

// TestThirdAttempt succeeds after two failures.
func TestThirdAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		notes, sent := fakeNotes(t, opensearchtest.Respond(503, opensearchtest.NoShards), opensearchtest.Reset, opensearchtest.Respond(404, `{"_id":"x","found":false}`))
		_, _, err := opensearch.Get[note](t.Context(), notes, someID)
		if !errors.Is(err, domain.ErrNotFound) || sent.Attempts != 3 {
			t.Errorf("Get = %v after %d attempts; want %v after 3", err, sent.Attempts, domain.ErrNotFound)
		}
	})
}

// TestAwaitsShards checks that a request that finds an index without active shards waits for them and is sent again.
func TestAwaitsShards(t *testing.T) {
	t.Parallel()
	const noShard = `{"docs":[{"_id":"x","error":{"type":"no_shard_available_action_exception","reason":"No shard available"}}]}`
	missing := fmt.Sprintf(`{"docs":[{"_id":%q,"found":false}]}`, someID)
	healthy := func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodGet || r.URL.Path != "/_cluster/health/notes" || r.URL.Query().Get("wait_for_active_shards") != "1" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		return opensearchtest.Respond(200, `{"status":"yellow"}`)(r)
	}
	for name, test := range map[string]struct {
		exchanges []opensearchtest.Exchange
		kind      error
	}{
		"active":    {[]opensearchtest.Exchange{opensearchtest.Respond(200, noShard), healthy, opensearchtest.Respond(200, missing)}, nil},
		"timeout":   {[]opensearchtest.Exchange{opensearchtest.Respond(200, noShard), opensearchtest.Respond(408, `{"status":"red","timed_out":true}`)}, domain.ErrUnavailable},
		"inactive":  {[]opensearchtest.Exchange{opensearchtest.Respond(200, noShard), healthy, opensearchtest.Respond(200, noShard)}, domain.ErrUnavailable},
		"forbidden": {[]opensearchtest.Exchange{opensearchtest.Respond(200, noShard), opensearchtest.Respond(403, opensearchtest.Forbidden)}, domain.ErrUnavailable},
		"created": {[]opensearchtest.Exchange{
			opensearchtest.Respond(404, opensearchtest.NoSuchIndex), opensearchtest.Respond(200, `{"acknowledged":true}`),
			opensearchtest.Respond(200, noShard), healthy, opensearchtest.Respond(200, missing),
		}, nil},
	} {
		notes, sent := fakeNotes(t, test.exchanges...)
		if err := calls(t, notes)["MultiGet"](); opensearchtest.KindOf(err) != test.kind || (err == nil) != (test.kind == nil) || sent.Attempts != len(test.exchanges) {
			t.Errorf("%s: %v after %d attempts; want kind %v after %d", name, err, sent.Attempts, test.kind, len(test.exchanges))
		}
	}
}

// TestContextEnds checks that there are no retries after the end of the context.
func TestContextEnds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		exchange opensearchtest.Exchange
		attempts int
	}{"timeout": {opensearchtest.Hang, 1}, "throttled": {opensearchtest.Respond(429, opensearchtest.Rejected), 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
				defer cancel()
				start := time.Now()
				notes, sent := fakeNotes(t, test.exchange)
				_, _, err := opensearch.Get[note](ctx, notes, someID)
				if !errors.Is(err, domain.ErrUnavailable) || sent.Attempts > test.attempts || time.Since(start) > time.Second {
					t.Errorf("Get = %v after %d attempts and %v", err, sent.Attempts, time.Since(start))
				}
			})
		})
	}
}

// TestRefusedWrites checks what becomes of a conflict after attempts that may have taken effect, and after others.
func TestRefusedWrites(t *testing.T) {
	t.Parallel()
	conflict := opensearchtest.Respond(409, `{"error":{"type":"version_conflict_engine_exception","reason":"exists"},"status":409}`)
	for name, test := range map[string]struct {
		first     opensearchtest.Exchange
		ambiguous bool
	}{
		"none": {conflict, false}, "refused": {opensearchtest.Refused, false}, "lost": {opensearchtest.Reset, true},
		"throttled":   {opensearchtest.Respond(429, opensearchtest.Rejected), false},
		"bad gateway": {opensearchtest.Respond(502, opensearchtest.GatewayPage), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, call := range []string{"Create", "Replace", "Delete"} {
					notes, _ := fakeNotes(t, test.first, conflict)
					err := calls(t, notes)[call]()
					want := domain.ErrConflict
					if !errors.Is(err, want) || opensearch.IsAmbiguous(err) != test.ambiguous {
						t.Errorf("%s: %v, want %v, ambiguous: %t", call, err, want, test.ambiguous)
					}
					if test.ambiguous {
						want = domain.ErrUnavailable
					}
					if err := opensearch.UnlessAmbiguous(err); opensearchtest.KindOf(err) != want {
						t.Errorf("%s: %v, want %v", call, err, want)
					}
				}
			})
		})
	}
}

// TestSearchRejects checks that partial and malformed responses are unavailability, whatever their status.
func TestSearchRejects(t *testing.T) {
	t.Parallel()
	const valid = `{"timed_out":false,"_shards":{"failed":0},"hits":{"total":{"value":1,"relation":"eq"},` +
		`"hits":[{"_source":{"id":"note-1","text":"t","version":3},"sort":[7,"note-1"]}]},"other":[{}]}`
	for name, edit := range map[string][2]string{
		"valid":                {"", ""},
		"timed out":            {`"timed_out":false`, `"timed_out":true`},
		"failed shards":        {`"failed":0`, `"failed":1`},
		"no shards":            {`"_shards":{"failed":0},`, ``},
		"null hits":            {`[{"_source"`, `null,"x":[{"_source"`},
		"no total":             {`"value":1,`, ``},
		"a hit of other types": {`"text":"t"`, `"text":1`},
	} {
		notes, _ := fakeNotes(t, opensearchtest.Respond(200, strings.Replace(valid, edit[0], edit[1], 1)))
		got, err := opensearch.Search[results](t.Context(), notes, map[string]int{})
		if name != "valid" {
			if !errors.Is(err, domain.ErrUnavailable) {
				t.Errorf("%s: %v, want %v", name, err, domain.ErrUnavailable)
			}
			continue
		}
		want := []opensearch.Hit[note]{{Source: note{someID, "t", 3}, SortValues: 2, SortKey: "7"}}
		if diff := cmp.Diff(want, got.Hits); diff != "" || err != nil || *got.Total != 1 || got.Relation != "eq" {
			t.Errorf("%+v, %v (-want +got):\n%s", got, err, diff)
		}
	}
}
