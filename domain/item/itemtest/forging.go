package itemtest

import (
	"strings"

	"rental.example/domain/item"
)

func forging() []test {
	return []test{{"position/forged", refusesForged}}
}

// refusesForged takes a true position of every order apart.
func refusesForged(t trial) {
	t.seed([]item.Item{
		t.newItem(item.Draft{Name: "drill", PricePerDay: pointer(5.0)}, at(0)),
		t.newItem(item.Draft{Name: "drill", PricePerDay: pointer(6.0)}, at(0)),
	})
	for _, sort := range item.Sorts() {
		p := text("drill")
		p.Sort, p.Limit, p.Lat, p.Lng = pointer(string(sort)), 1, pointer(52.5), pointer(13.4)
		q := t.query(p)
		honest := t.search(q).Next
		if honest == nil {
			t.Fatalf("sort=%s: no next page", sort)
		}
		var forged []item.Position
		for _, key := range []string{"x", "{}", "[1]", "true", "1e999", "1,2", `1],"query":{`, "0x1p4", " 1", "1 ", "1_0", strings.Repeat("9", 400), "0." + strings.Repeat("1", 5000)} {
			forged = append(forged, item.Position{Key: key, ID: honest.ID})
		}
		for _, id := range []item.ID{"", "1", "../_all", item.ID(strings.ToLower(string(honest.ID))) + "x", honest.ID + "0"} {
			forged = append(forged, item.Position{Key: honest.Key, ID: id})
		}
		for _, position := range forged {
			q.After = &position
			_, err := t.Search.Search(t.Context(), q)
			t.wantError("Search after "+position.Key+" "+string(position.ID), err, item.ErrInvalidPosition)
		}
		q.After = honest
		if got := t.search(q); len(got.Items) != 1 || got.Next != nil {
			t.Errorf("sort=%s: the second page is %+v, want the last item", sort, got)
		}
	}
}
