package opensearchitems_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/domain/item"
)

var update = flag.Bool("update", false, "rewrite testdata")

// TestSearchRequest compares the request of a search with all parameters with a golden.
func TestSearchRequest(t *testing.T) {
	t.Parallel()
	var sent []byte
	c, _ := newFakeClient(t, opensearchtest.NoEndpoint, "items", func(r *http.Request) (*http.Response, error) {
		if got, want := r.Method+" "+r.URL.String(), "POST "+opensearchtest.NoEndpoint+"/items/_search?allow_partial_search_results=false"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		var err error
		sent, err = io.ReadAll(r.Body)
		return nil, errors.Join(err, errors.New("not sent"))
	})
	min, max := item.Money(500), item.Money(1999)
	q := item.Query{
		Text: `drill"}`, Near: &item.Near{Place: item.Place{Lat: 52.5, Lng: 13.4}, RadiusKm: 2.5},
		Category: "tools", Tags: []string{"red", "blue"}, MinPrice: &min, MaxPrice: &max, OwnerID: someOwner,
		Sort: item.ByDistance, Limit: 10,
	}
	if _, err := opensearchitems.NewItems(c).Search(t.Context(), q); err == nil {
		t.Error("no error")
	}
	var got bytes.Buffer
	if err := json.Indent(&got, append(sent, '\n'), "", "  "); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/search.json"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPositions checks that sort values of the engine are sent back unchanged, and that others are rejected.
func TestPositions(t *testing.T) {
	t.Parallel()
	for key, sorts := range map[string][]item.Sort{
		"1999":                            {item.ByPrice, item.ByPriceDesc, item.ByNewest, item.ByDistance},
		"9223372036854775807":             {item.ByPrice, item.ByPriceDesc, item.ByNewest},
		"-9223372036854775808":            {item.ByPrice, item.ByPriceDesc, item.ByNewest},
		"9223372036854775808":             nil,
		"10.0":                            {item.ByRelevance, item.ByDistance},
		"129.0":                           {item.ByDistance},
		"1.2345678901234567E7":            {item.ByDistance},
		"1.0E-5":                          {item.ByRelevance, item.ByDistance},
		"-1.0":                            nil,
		"2.1E7":                           nil,
		"0.11111111111111111111111111111": nil, // longer than any number of the engine, which rejects 1,000 characters
		`"Infinity"`:                      nil,
		"Infinity":                        nil,
		"NaN":                             nil,
		"null":                            nil,
		"":                                nil,
		"1 ":                              nil,
		"01":                              nil,
		"1,1":                             nil,
	} {
		for _, sort := range item.Sorts() {
			sent, err := sendsAfter(t, sort, key)
			want := slices.Contains(sorts, sort)
			if sent != want || errors.Is(err, item.ErrInvalidPosition) == want {
				t.Errorf("sort=%s key=%q: %v, sent %t, want %t", sort, key, err, sent, want)
			}
		}
	}
}

// sendsAfter searches after a position with key, and reports whether the request has it unchanged.
func sendsAfter(t *testing.T, sort item.Sort, key string) (sent bool, err error) {
	t.Helper()
	c, _ := newFakeClient(t, opensearchtest.NoEndpoint, "items", func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		sent = bytes.Contains(body, []byte(`"search_after":[`+key+`,"`+string(someID)+`"]`))
		return nil, errors.Join(err, errors.New("not sent"))
	})
	q := item.Query{Sort: sort, Near: &item.Near{RadiusKm: 1}, Limit: 1, After: &item.Position{Key: key, ID: someID}}
	_, err = opensearchitems.NewItems(c).Search(t.Context(), q)
	return sent, err
}

// TestSearchAllocations limits the allocations of a search; reflection would need 150 more. It is not parallel, since
// AllocsPerRun counts those of all goroutines.
func TestSearchAllocations(t *testing.T) {
	found, err := os.ReadFile("testdata/found.json")
	if err != nil {
		t.Fatal(err)
	}
	c, _ := newFakeClient(t, opensearchtest.NoEndpoint, "items", opensearchtest.Respond(http.StatusOK, string(found)))
	search := func() {
		r, err := opensearchitems.NewItems(c).Search(t.Context(), item.Query{Text: "drill", Limit: 10, Sort: item.ByNewest})
		if err != nil || len(r.Items) != 10 || r.Next == nil {
			t.Fatalf("%d items, next %v, %v", len(r.Items), r.Next, err)
		}
	}
	const most = 150
	if got := testing.AllocsPerRun(100, search); got > most {
		t.Errorf("%v allocations, at most %d", got, most)
	}
}
