package opensearchitems_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/domain"
	"rental.example/domain/item"
)

const otherID = item.ID("01J9ZZZZZZZZZZZZZZZZZZZZZY")

// TestHoldingsRequests checks the requests byte by byte. Amazon's domains ignore the parameters of a signed POST, so none
// may matter; a partial result is seen in the response, too.
func TestHoldingsRequests(t *testing.T) {
	t.Parallel()
	var sent []string
	bad := opensearchtest.RecordRequest(t, &sent, opensearchtest.Respond(400, opensearchtest.FailedBare))
	conflict := opensearchtest.RecordRequest(t, &sent, opensearchtest.Respond(200,
		`{"items":[{"delete":{"_id":"`+string(someID)+`","status":409,"error":{"type":"version_conflict_engine_exception"}}}]}`))
	c, _ := newFakeClient(t, opensearchtest.NoEndpoint, "items", bad, bad, conflict, bad)
	holdings := opensearchitems.NewHoldings(c)
	errs := []error{holdings.Refresh(t.Context()), nil, nil}
	_, errs[1] = holdings.ListOwned(t.Context(), someOwner, 7, someID, 1000)
	_, errs[2] = holdings.Remove(t.Context(), []item.Holding{{ID: someID, Revision: "12.3"}})
	want := []string{
		`POST /items/_refresh `,
		`POST /items/_search?allow_partial_search_results=false {"size":1000,"timeout":"2s","track_total_hits":false,` +
			`"seq_no_primary_term":true,"_source":false,"stored_fields":"_none_","docvalue_fields":["ownerVersion","createdAt"],"query":{"bool":{"filter":[` +
			`{"term":{"ownerId":"` + string(someOwner) + `"}},{"range":{"ownerVersion":{"lt":7}}}]}},` +
			`"sort":["id"],"search_after":["` + string(someID) + `"]}`,
		`POST /items/_bulk {"delete":{"_id":"` + string(someID) + `","if_seq_no":12,"if_primary_term":3}}` + "\n",
		`POST /items/_mget {"docs":[{"_id":"` + string(someID) + `","_source":false}]}`,
	}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	for _, err := range errs {
		if err == nil || opensearchtest.KindOf(err) != nil {
			t.Errorf("%v, want an error of no kind", err)
		}
	}
}

// TestListOwnedRejects checks that partial and malformed responses are unavailability, and never fewer items.
func TestListOwnedRejects(t *testing.T) {
	t.Parallel()
	const valid = `{"timed_out":false,"_shards":{"failed":0},"hits":{"hits":[{` +
		`"_seq_no":4,"_primary_term":1,"fields":{"ownerVersion":[0],"createdAt":[7]},"sort":["` + string(someID) + `"]}]}}`
	list := func(body string) ([]item.Holding, error) {
		c, _ := newFakeClient(t, opensearchtest.NoEndpoint, "items", opensearchtest.Respond(200, body))
		return opensearchitems.NewHoldings(c).ListOwned(t.Context(), someOwner, 5, "", 10)
	}
	got, err := list(valid)
	want := []item.Holding{{ID: someID, CreatedAt: time.UnixMicro(7), Revision: "4.1"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatalf("ListOwned: %v (-want +got):\n%s", err, diff)
	}
	for _, edit := range [][2]string{
		{`"timed_out":false`, `"timed_out":true`},
		{`"failed":0`, `"failed":1`},
		{`"_shards":{"failed":0},`, ``},
		{`"hits":{"hits"`, `"hits":null,"other":{"hits"`},
		{`"_seq_no":4,`, ``},
		{`"_primary_term":1,`, ``},
		{`"ownerVersion":[0],`, ``},
		{`"ownerVersion":[0]`, `"ownerVersion":[]`},
		{`,"createdAt":[7]`, ``},
		{`,"sort":["` + string(someID) + `"]`, ``},
		{`"sort":["0`, `"sort":["../_all?`},
		{`"sort":["` + string(someID) + `"]`, `"sort":[null]`},
		{`"sort":["` + string(someID) + `"]`, `"sort":[1]`},
	} {
		body := strings.Replace(valid, edit[0], edit[1], 1)
		if got, err := list(body); body == valid || opensearchtest.KindOf(err) != domain.ErrUnavailable || got != nil {
			t.Errorf("%s: ListOwned = %+v, %v; want %v", body, got, err, domain.ErrUnavailable)
		}
	}
}

// TestRefreshRejects checks that a refresh of some shards only is unavailability: items of the others would not be listed.
func TestRefreshRejects(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]error{
		`{"_shards":{"total":2,"successful":2,"failed":0}}`: nil,
		`{"_shards":{"total":2,"successful":1,"failed":1}}`: domain.ErrUnavailable,
		`{"_shards":{}}`: domain.ErrUnavailable,
	} {
		c, sent := newFakeClient(t, opensearchtest.NoEndpoint, "items", opensearchtest.Respond(200, body))
		err := opensearchitems.NewHoldings(c).Refresh(t.Context())
		if opensearchtest.KindOf(err) != want || (err != nil) != (want != nil) || sent.Attempts != 1 {
			t.Errorf("%s: Refresh = %v after %d attempts, want %v after 1", body, err, sent.Attempts, want)
		}
	}
}

// TestRemoveResponses checks how the results of two deletions are combined.
func TestRemoveResponses(t *testing.T) {
	t.Parallel()
	result := func(id item.ID, result string) string { return fmt.Sprintf(`{"delete":{"_id":%q,%s}}`, id, result) }
	failure := func(id item.ID, status int, kind string) string {
		return result(id, fmt.Sprintf(`"status":%d,"error":{"type":%q,"reason":""}`, status, kind))
	}
	document := func(id item.ID, found bool) string {
		return fmt.Sprintf(`{"_id":%q,"found":%t,"_seq_no":1,"_primary_term":1}`, id, found)
	}
	deleted, otherDeleted := result(someID, `"status":200`), result(otherID, `"status":200`)
	conflict, otherConflict := failure(someID, 409, "version_conflict_engine_exception"), failure(otherID, 409, "version_conflict_engine_exception")
	for name, test := range map[string]struct {
		items []string
		docs  []string // of the multi-get of refused documents
		want  int
		kind  error
	}{
		"both deleted":                  {[]string{deleted, otherDeleted}, nil, 0, nil},
		"one was missing":               {[]string{result(someID, `"status":404`), otherDeleted}, nil, 0, nil},
		"refused, missing":              {[]string{conflict, otherDeleted}, []string{document(someID, false)}, 0, nil},
		"refused, found":                {[]string{conflict, otherDeleted}, []string{document(someID, true)}, 1, nil},
		"both refused":                  {[]string{conflict, otherConflict}, []string{document(someID, true), document(otherID, false)}, 1, nil},
		"multi-get fails":               {[]string{conflict, otherDeleted}, []string{`{"error":{"type":"x"}}`}, 0, domain.ErrUnavailable},
		"multi-get of one":              {[]string{conflict, otherConflict}, []string{document(someID, true)}, 0, domain.ErrUnavailable},
		"multi-get of another":          {[]string{conflict, otherDeleted}, []string{document(otherID, true)}, 0, domain.ErrUnavailable},
		"multi-get without a result":    {[]string{conflict, otherDeleted}, []string{`{"_id":"` + string(someID) + `"}`}, 0, domain.ErrUnavailable},
		"throttled":                     {[]string{conflict, failure(otherID, 429, "es_rejected_execution_exception")}, nil, 0, domain.ErrUnavailable},
		"no shard":                      {[]string{deleted, failure(otherID, 503, "unavailable_shards_exception")}, nil, 0, domain.ErrUnavailable},
		"blocked":                       {[]string{deleted, failure(otherID, 403, "cluster_block_exception")}, nil, 0, domain.ErrUnavailable},
		"permanent":                     {[]string{deleted, failure(otherID, 400, "illegal_argument_exception")}, nil, 0, nil},
		"result of one":                 {[]string{deleted}, nil, 0, domain.ErrUnavailable},
		"other order":                   {[]string{otherDeleted, deleted}, nil, 0, domain.ErrUnavailable},
		"another action than deletion":  {[]string{deleted, `{"index":{"_id":"` + string(otherID) + `","status":200}}`}, nil, 0, domain.ErrUnavailable},
		"neither deleted nor not found": {[]string{deleted, result(otherID, `"status":202`)}, nil, 0, domain.ErrUnavailable},
	} {
		c, _ := newFakeClient(t, opensearchtest.NoEndpoint, "items", opensearchtest.Respond(200, `{"items":[`+strings.Join(test.items, ",")+`]}`),
			opensearchtest.Respond(200, `{"docs":[`+strings.Join(test.docs, ",")+`]}`))
		got, err := opensearchitems.NewHoldings(c).Remove(t.Context(), []item.Holding{{ID: someID, Revision: "5.1"}, {ID: otherID, Revision: "6.1"}})
		if fails := test.kind != nil || name == "permanent"; got != test.want || opensearchtest.KindOf(err) != test.kind || (err != nil) != fails {
			t.Errorf("%s: Remove = %d, %v; want %d, %v", name, got, err, test.want, test.kind)
		}
	}
}

// TestLostRemovals loses the responses of removals that the engine has carried out. The retry counts only items that
// others changed or created since.
func TestLostRemovals(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	direct, holdings := opensearchitems.NewItems(client), opensearchitems.NewHoldings(client)
	for loss, instead := range map[string]opensearchtest.Exchange{
		"reset": opensearchtest.Reset, "bad gateway": opensearchtest.Respond(502, opensearchtest.GatewayPage),
		"truncated": opensearchtest.Truncate, "unavailable": opensearchtest.Respond(503, opensearchtest.NoShards),
	} {
		var items []item.Item
		for n := range byte(3) {
			i := newItem(t, item.NewID(noon, [10]byte{n, loss[0], loss[1]}), "Drill", "request-1")
			i.OwnerID = domain.UserID(loss)
			items = append(items, i)
		}
		seed(t, client, items)
		owned, err := holdings.ListOwned(t.Context(), domain.UserID(loss), 1, "", 10)
		if err != nil || len(owned) != len(items) {
			t.Fatalf("ListOwned = %+v, %v", owned, err)
		}
		changed := items[1]
		changed.Version++
		if err := direct.Replace(t.Context(), changed, owned[1].Revision); err != nil {
			t.Fatal(err)
		}
		recreate := opensearchtest.LoseResponse(instead, func() { seed(t, client, items[2:]) })
		c, sent := newFakeClient(t, endpoint, alias, recreate, opensearchtest.LoseResponse(instead, func() {}), opensearchtest.Forward)
		if n, err := opensearchitems.NewHoldings(c).Remove(t.Context(), owned); n != 2 || err != nil || sent.Attempts != 4 {
			t.Errorf("%s: Remove = %d, %v by %d attempts; want 2 left, by 4", loss, n, err, sent.Attempts)
		}
		if _, err := direct.Get(t.Context(), items[0].ID); opensearchtest.KindOf(err) != domain.ErrNotFound {
			t.Errorf("%s: Get = %v, want %v", loss, err, domain.ErrNotFound)
		}
		for _, want := range []item.Item{changed, items[2]} {
			if got, err := direct.Get(t.Context(), want.ID); err != nil || !got.Item.Equal(want) {
				t.Errorf("%s: Get = %+v, %v; want %+v", loss, got, err, want)
			}
		}
	}
}
