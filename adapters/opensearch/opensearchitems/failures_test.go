package opensearchitems_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/domain"
	"rental.example/domain/item"
)

func TestFailures(t *testing.T) {
	t.Parallel()
	opensearchtest.RunFailures(t, callsOver, "Create", "Replace", "Delete", "Remove")
}

func TestHugeResponses(t *testing.T) {
	t.Parallel()
	opensearchtest.RunHugeResponses(t, callsOver)
}

func TestErrorsQuoteNothing(t *testing.T) {
	t.Parallel()
	opensearchtest.RunErrorsQuoteNothing(t, callsOver)
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
		c, _ := newFakeClient(t, opensearchtest.NoEndpoint, "items", opensearchtest.Respond(200, strings.Replace(valid, edit[0], edit[1], 1)))
		_, err := opensearchitems.NewItems(c).Search(t.Context(), item.Query{Limit: 10, Sort: item.ByNewest})
		if opensearchtest.KindOf(err) != want || (err == nil) != (want == nil) {
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
		c, _ := newFakeClient(t, opensearchtest.NoEndpoint, "items", opensearchtest.Respond(200, `{"docs":[`+test.docs+`]}`))
		got, err := opensearchitems.NewOwners(c).Owners(t.Context(), []domain.UserID{someOwner})
		if opensearchtest.KindOf(err) != test.kind || (err == nil) != (test.kind == nil) {
			t.Errorf("%s: %+v, %v; want %v", name, got, err, test.kind)
		}
	}
}

// TestNoIDReachesURL: what is no id is not sent.
func TestNoIDReachesURL(t *testing.T) {
	t.Parallel()
	c, sent := newFakeClient(t, opensearchtest.NoEndpoint, "items", func(r *http.Request) (*http.Response, error) {
		t.Errorf("sent %s", r.URL)
		return nil, errors.New("unexpected request")
	})
	items, owners, holdings := opensearchitems.NewItems(c), opensearchitems.NewOwners(c), opensearchitems.NewHoldings(c)
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
	if sent.Attempts > 0 {
		t.Errorf("%d attempts", sent.Attempts)
	}
}
