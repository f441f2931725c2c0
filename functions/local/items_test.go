package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// TestOnOpenSearch: a search finds what was written before it, and nothing that was deleted.
func TestOnOpenSearch(t *testing.T) {
	t.Parallel()
	testItems(t, start(t, "-opensearch", samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "opensearch")))
}

func TestItemsInMemory(t *testing.T) {
	t.Parallel()
	testItems(t, start(t))
}

func testItems(t *testing.T, r *runner) {
	t.Helper()
	token := r.signIn(t, "rentee@example.com")
	name := "Unheard" + strings.ToLower(rand.Text())
	var created struct{ ID string }
	body := `{"name":"` + name + `","lat":-45.03,"lng":168.66,"pricePerDay":12.5,"tags":["rare"]}`
	if err := json.Unmarshal(r.call(t, 201, token, "POST", "/items", body), &created); err != nil {
		t.Fatal(err)
	}
	search := "/items?q=" + name + "&lat=-45&lng=168.6&radiusKm=20&tag=rare"
	if got := r.call(t, 200, "", "GET", search, ""); !bytes.Contains(got, []byte(created.ID)) || !bytes.Contains(got, []byte(`"distanceKm":5.`)) {
		t.Errorf("search: %s", got)
	}
	r.call(t, 403, r.signIn(t, "renter@example.com"), "PATCH", "/items/"+created.ID, `{"name":"Mine"}`)
	r.call(t, 200, token, "PATCH", "/items/"+created.ID, `{"pricePerDay":null}`)
	if got := r.call(t, 200, "", "GET", "/items/"+created.ID, ""); bytes.Contains(got, []byte("pricePerDay")) {
		t.Errorf("the price is not cleared: %s", got)
	}
	r.call(t, 204, r.signIn(t, "admin@example.com"), "DELETE", "/items/"+created.ID, "")
	r.call(t, 404, "", "GET", "/items/"+created.ID, "")
	if got := r.call(t, 200, "", "GET", search, ""); !bytes.Contains(got, []byte(`"items":[]`)) {
		t.Errorf("search after removal: %s", got)
	}
}

// TestSearchExample: the search of the banner finds drills, the nearest first.
func TestSearchExample(t *testing.T) {
	t.Parallel()
	r := start(t)
	if !strings.Contains(r.banner, searchExample(r.address)) {
		t.Errorf("the banner has no search:\n%s", r.banner)
	}
	var found struct {
		Items []struct {
			Name       string
			DistanceKm float64
		}
		Total  struct{ Value int }
		Facets struct{ Category []struct{ Value string } }
	}
	path := strings.TrimPrefix(searchURL(r.address), "http://"+r.address)
	if err := json.Unmarshal(r.call(t, 200, "", "GET", path, ""), &found); err != nil {
		t.Fatal(err)
	}
	if len(found.Items) < 3 || found.Total.Value < len(found.Items) || len(found.Facets.Category) == 0 {
		t.Errorf("found: %+v", found)
	}
	for i, drill := range found.Items {
		if !strings.Contains(strings.ToLower(drill.Name), "drill") || drill.DistanceKm > 25 || i > 0 && drill.DistanceKm < found.Items[i-1].DistanceKm {
			t.Errorf("item %d: %+v", i, drill)
		}
	}
}
