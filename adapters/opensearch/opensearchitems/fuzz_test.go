package opensearchitems_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/domain/item"
)

// FuzzSearchBody sends the search of any query string. Its body is JSON with the members of a plain search, one clause
// for each word, and the filters of the query: what a client sends is data and never structure.
func FuzzSearchBody(f *testing.F) {
	search := bodies(f)
	const whole = `q=cordless+dril&lat=52.5&lng=13.4&radiusKm=2.5&category=tools&tag=a&tag=b&minPrice=1&maxPrice=2.5&sort=distance&limit=7&` +
		`ownerId=11111111-1111-4111-8111-111111111111`
	plain, ok := queryOf(whole)
	if !ok {
		f.Fatal("the plain query is invalid")
	}
	members := map[string]bool{}
	for _, plain.Sort = range item.Sorts() {
		collectNames(search(f, plain), members)
	}
	for _, seed := range []string{whole, "", `q="}],"size":9`, `q=dr%C3%ADll+%22%5C&sort=relevance`, "tag=a&tag=a&minPrice=0&sort=-price"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, ok := queryOf(query)
		if !ok {
			t.Skip("not a query")
		}
		body, got := search(t, q), map[string]bool{}
		collectNames(body, got)
		for name := range got {
			if !members[name] {
				t.Errorf("%q: the body has the member %q, which no plain search has: %v", query, name, body)
			}
		}
		checkBody(t, q, body)
	})
}

// bodies returns a function that searches an engine without items and returns the body of its request.
func bodies(f *testing.F) func(t testing.TB, q item.Query) map[string]any {
	f.Helper()
	var sent []byte
	none := opensearchtest.Respond(200, `{"timed_out":false,"_shards":{"failed":0},"hits":{"total":{"value":0,"relation":"eq"},"hits":[]}}`)
	c, _ := newFakeClient(f, opensearchtest.NoEndpoint, "items", func(r *http.Request) (*http.Response, error) {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		return none(r)
	})
	return func(t testing.TB, q item.Query) (body map[string]any) {
		t.Helper()
		if _, err := opensearchitems.NewItems(c).Search(t.Context(), q); err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if err := json.Unmarshal(sent, &body); err != nil {
			t.Fatalf("%+v: %v\n%s", q, err, sent)
		}
		return body
	}
}

// queryOf returns the query of a query string, or false if it is invalid.
func queryOf(text string) (item.Query, bool) {
	values, err := url.ParseQuery(text)
	if err != nil {
		return item.Query{}, false
	}
	word := func(name string) *string {
		if !values.Has(name) {
			return nil
		}
		value := values.Get(name)
		return &value
	}
	number := func(name string) *float64 {
		n, err := strconv.ParseFloat(values.Get(name), 64)
		if err != nil {
			return nil
		}
		return &n
	}
	limit, _ := strconv.Atoi(values.Get("limit"))
	limit = max(1, min(limit, item.MaxLimit))
	q, err := item.NewQuery(item.Params{
		Text: word("q"), Lat: number("lat"), Lng: number("lng"), RadiusKm: number("radiusKm"), Category: word("category"),
		Tags: values["tag"], MinPrice: number("minPrice"), MaxPrice: number("maxPrice"), OwnerID: word("ownerId"),
		Sort: word("sort"), Limit: &limit,
	})
	return q, err == nil
}

// collectNames adds the names of all members of objects in v.
func collectNames(v any, names map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			collectNames(e, names)
		}
	case map[string]any:
		for name, e := range v {
			names[name] = true
			collectNames(e, names)
		}
	}
}

// collectTexts adds all texts in v.
func collectTexts(v any, texts map[string]bool) {
	switch v := v.(type) {
	case string:
		texts[v] = true
	case []any:
		for _, e := range v {
			collectTexts(e, texts)
		}
	case map[string]any:
		for e := range maps.Values(v) {
			collectTexts(e, texts)
		}
	}
}

// checkBody compares a body with its query.
func checkBody(t *testing.T, q item.Query, body map[string]any) {
	t.Helper()
	if body["size"] != float64(q.Limit+1) {
		t.Errorf("%+v: size %v", q, body["size"])
	}
	clauses, _ := body["query"].(map[string]any)["bool"].(map[string]any)
	must, _ := clauses["must"].([]any)
	words := item.Words(q.Text)
	if len(must) != len(words) {
		t.Fatalf("%+v: %d clauses for %d words", q, len(must), len(words))
	}
	for i, word := range words {
		texts := map[string]bool{}
		if collectTexts(must[i], texts); !texts[word] {
			t.Errorf("%+v: clause %d has no term %q: %v", q, i, word, must[i])
		}
	}
	filters, _ := clauses["filter"].([]any)
	if diff := cmp.Diff(filtersOf(q), filters, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%+v: filters (-want +got):\n%s", q, diff)
	}
	keys, _ := body["sort"].([]any)
	if len(keys) != 2 || !reflect.DeepEqual(keys[1], map[string]any{"id": "asc"}) {
		t.Errorf("%+v: sort %v", q, keys)
	}
}

// filtersOf returns the filters of a query as the engine reads them.
func filtersOf(q item.Query) (all []any) {
	term := func(field, value string) {
		if value != "" {
			all = append(all, map[string]any{"term": map[string]any{field: value}})
		}
	}
	term("category", q.Category)
	for _, tag := range q.Tags {
		term("tags", tag)
	}
	term("ownerId", string(q.OwnerID))
	prices := map[string]any{}
	for name, price := range map[string]*item.Money{"gte": q.MinPrice, "lte": q.MaxPrice} {
		if price != nil {
			prices[name] = float64(*price)
		}
	}
	if len(prices) > 0 {
		all = append(all, map[string]any{"range": map[string]any{"priceCents": prices}})
	}
	if n := q.Near; n != nil {
		all = append(all, map[string]any{"geo_distance": map[string]any{
			"distance": strconv.FormatFloat(n.RadiusKm, 'f', -1, 64) + "km", "location": map[string]any{"lat": n.Place.Lat, "lon": n.Place.Lng},
		}})
	}
	return all
}
