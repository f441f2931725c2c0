package opensearch_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
	"rental.example/domain/item"
)

const (
	done     = `"status":200,"result":"deleted"`
	notThere = `"status":404,"result":"not_found"`
	conflict = `"status":409,"error":{"type":"version_conflict_engine_exception","reason":"but no document was found"}`
)

// outcome is what a bulk answer tells of one deletion.
func outcome(id item.ID, what string) string {
	return fmt.Sprintf(`{"delete":{"_id":%q,%s}}`, id, what)
}

// noting answers as next does, and notes what was asked.
func noting(t *testing.T, sent *[]string, next exchange) exchange {
	return func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		*sent = append(*sent, r.Method+" "+r.URL.RequestURI()+" "+string(body))
		return next(r)
	}
}

// TestHoldingsRequests compares what is sent with what people read. Amazon's domains ignore the parameters of a
// signed POST, so that none may matter; what allow_partial_search_results forbids is seen in the answer, too.
func TestHoldingsRequests(t *testing.T) {
	t.Parallel()
	var sent []string
	bad := noting(t, &sent, answer(400, failedBare))
	c, _ := clientOver(t, nowhere, "items", bad, bad, noting(t, &sent, answer(200, `{"items":[`+outcome(someID, conflict)+`]}`)), bad)
	holdings := opensearch.NewHoldings(c)
	errs := []error{holdings.Refresh(t.Context()), nil, nil}
	_, errs[1] = holdings.ListOwned(t.Context(), someOwner, 7, someID, 1000)
	_, errs[2] = holdings.Remove(t.Context(), []item.Holding{{ID: someID, Revision: "12.3"}})
	for i, want := range []string{
		`POST /items/_refresh `,
		`POST /items/_search?allow_partial_search_results=false {"size":1000,"timeout":"2s","track_total_hits":false,` +
			`"seq_no_primary_term":true,"_source":false,"stored_fields":"_none_","docvalue_fields":["ownerVersion","createdAt"],"query":{"bool":{"filter":[` +
			`{"term":{"ownerId":"` + string(someOwner) + `"}},{"range":{"ownerVersion":{"lt":7}}}]}},` +
			`"sort":["id"],"search_after":["` + string(someID) + `"]}`,
		`POST /items/_bulk {"delete":{"_id":"` + string(someID) + `","if_seq_no":12,"if_primary_term":3}}` + "\n",
		`POST /items/_mget {"docs":[{"_id":"` + string(someID) + `","_source":false}]}`,
	} {
		if i >= len(sent) || sent[i] != want {
			t.Errorf("request %d of %q, want %s", i, sent, want)
		}
		if i < len(errs) && (errs[i] == nil || kindOf(errs[i]) != nil) {
			t.Errorf("%v, want an error of no kind", errs[i])
		}
	}
}

// TestHeldInPart: half an answer is none, and nothing is removed whose state is not told.
func TestHeldInPart(t *testing.T) {
	t.Parallel()
	const whole = `{"timed_out":false,"_shards":{"failed":0},"hits":{"hits":[{` +
		`"_seq_no":4,"_primary_term":1,"fields":{"ownerVersion":[0],"createdAt":[7]},"sort":["` + string(someID) + `"]}]}}`
	held := func(body string) ([]item.Holding, error) {
		c, _ := clientOver(t, nowhere, "items", answer(200, body))
		return opensearch.NewHoldings(c).ListOwned(t.Context(), someOwner, 5, "", 10)
	}
	want := item.Holding{ID: someID, CreatedAt: domain.Version(7).Time(), Revision: "4.1"}
	if got, err := held(whole); err != nil || len(got) != 1 || got[0] != want {
		t.Fatalf("Held = %+v, %v; want %+v", got, err, want)
	}
	for _, cut := range [][2]string{
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
		spoiled := strings.Replace(whole, cut[0], cut[1], 1)
		if got, err := held(spoiled); spoiled == whole || kindOf(err) != domain.ErrUnavailable || got != nil {
			t.Errorf("%s: Held = %+v, %v; want %v", spoiled, got, err, domain.ErrUnavailable)
		}
	}
}

// TestRemoveInPart: what became of each is read, whatever the status of all.
func TestRemoveInPart(t *testing.T) {
	t.Parallel()
	const other = item.ID("01J9ZZZZZZZZZZZZZZZZZZZZZY")
	failed := func(status int, kind string) string {
		return fmt.Sprintf(`"status":%d,"error":{"type":%q,"reason":""}`, status, kind)
	}
	for name, test := range map[string]struct {
		items string
		docs  string // of the look at what was refused
		want  int
		kind  error
	}{
		"both":            {outcome(someID, done) + "," + outcome(other, done), "", 0, nil},
		"one is gone":     {outcome(someID, notThere) + "," + outcome(other, done), "", 0, nil},
		"refused, gone":   {outcome(someID, conflict) + "," + outcome(other, done), `{"found":false}`, 0, nil},
		"refused, there":  {outcome(someID, conflict) + "," + outcome(other, done), `{"found":true}`, 1, nil},
		"refused, both":   {outcome(someID, conflict) + "," + outcome(other, conflict), `{"found":true},{"found":false}`, 1, nil},
		"look fails":      {outcome(someID, conflict) + "," + outcome(other, done), `{"error":{"type":"x"}}`, 0, domain.ErrUnavailable},
		"look in part":    {outcome(someID, conflict) + "," + outcome(other, conflict), `{"found":true}`, 0, domain.ErrUnavailable},
		"look at nothing": {outcome(someID, conflict) + "," + outcome(other, done), `{}`, 0, domain.ErrUnavailable},
		"throttled":       {outcome(someID, conflict) + "," + outcome(other, failed(429, "es_rejected_execution_exception")), "", 0, domain.ErrUnavailable},
		"no shard":        {outcome(someID, done) + "," + outcome(other, failed(503, "unavailable_shards_exception")), "", 0, domain.ErrUnavailable},
		"blocked":         {outcome(someID, done) + "," + outcome(other, failed(403, "cluster_block_exception")), "", 0, domain.ErrUnavailable},
		"nothing to mend": {outcome(someID, done) + "," + outcome(other, failed(400, "illegal_argument_exception")), "", 0, nil},
		"too few":         {outcome(someID, done), "", 0, domain.ErrUnavailable},
		"other order":     {outcome(other, done) + "," + outcome(someID, done), "", 0, domain.ErrUnavailable},
		"no deletion":     {outcome(someID, done) + `,{"index":{"_id":"` + string(other) + `","status":200}}`, "", 0, domain.ErrUnavailable},
		"no outcome":      {outcome(someID, done) + "," + outcome(other, `"status":202`), "", 0, domain.ErrUnavailable},
	} {
		c, _ := clientOver(t, nowhere, "items", answer(200, `{"errors":true,"items":[`+test.items+`]}`), answer(200, `{"docs":[`+test.docs+`]}`))
		got, err := opensearch.NewHoldings(c).Remove(t.Context(), []item.Holding{{ID: someID, Revision: "5.1"}, {ID: other, Revision: "6.1"}})
		if fails := test.kind != nil || name == "nothing to mend"; got != test.want || kindOf(err) != test.kind || (err != nil) != fails {
			t.Errorf("%s: Remove = %d, %v; want %d, %v", name, got, err, test.want, test.kind)
		}
	}
}

// TestLostRemovals loses the answers of removals that the engine has carried out: the next attempt finds its
// own doing, and counts what others have changed, or made again since.
func TestLostRemovals(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	honest, holdings := opensearch.NewItems(client), opensearch.NewHoldings(client)
	for loss, instead := range map[string]exchange{
		"reset": reset, "bad gateway": answer(502, gatewayPage), "cut off": cut, "unavailable": answer(503, noShards),
	} {
		var items []item.Item
		for i := range byte(3) {
			it := itemOf(t, item.NewID(noon, [10]byte{i, loss[0], loss[1]}), "Drill", "request-1")
			it.OwnerID = domain.UserID(loss)
			items = append(items, it)
		}
		seed(t, honest, items)
		held, err := holdings.ListOwned(t.Context(), domain.UserID(loss), 1, "", 10)
		if err != nil || len(held) != len(items) {
			t.Fatalf("Held = %+v, %v", held, err)
		}
		changed := items[1]
		changed.Version++
		if err := honest.Replace(t.Context(), changed, held[1].Revision); err != nil {
			t.Fatal(err)
		}
		c, sent := clientOver(t, endpoint, alias, lose(instead, func() { seed(t, honest, items[2:]) }), lose(instead, func() {}), deliver)
		if n, err := opensearch.NewHoldings(c).Remove(t.Context(), held); n != 2 || err != nil || sent.attempts != 4 {
			t.Errorf("%s: Remove = %d, %v by %d attempts; want 2 left, by 4", loss, n, err, sent.attempts)
		}
		if _, err := honest.Get(t.Context(), items[0].ID); kindOf(err) != domain.ErrNotFound {
			t.Errorf("%s: Get = %v, want %v", loss, err, domain.ErrNotFound)
		}
		for _, it := range []item.Item{changed, items[2]} {
			if got, err := honest.Get(t.Context(), it.ID); err != nil || !got.Item.Equal(it) {
				t.Errorf("%s: Get = %+v, %v; want %+v", loss, got, err, it)
			}
		}
	}
}

// TestRefreshInPart: a refresh that not all shards took part in is none, or a sweep would not see every item.
func TestRefreshInPart(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]error{
		`{"_shards":{"total":1,"successful":1,"failed":0}}`: nil,
		`{"_shards":{"total":1,"successful":0,"failed":1}}`: domain.ErrUnavailable,
		`{"_shards":{}}`: domain.ErrUnavailable,
		`{}`:             domain.ErrUnavailable,
	} {
		c, _ := clientOver(t, nowhere, "items", answer(200, body))
		if err := opensearch.NewHoldings(c).Refresh(t.Context()); kindOf(err) != want {
			t.Errorf("%s: Refresh = %v, want %v", body, err, want)
		}
	}
}
