package itemtest

import (
	"strings"

	"rental.example/domain/item"
)

// refusesForgedPositions changes a valid position of every order.
func refusesForgedPositions(t trial) {
	t.seed([]item.Item{
		t.newItem(item.Draft{Name: "drill", PricePerDay: pointer(5.0)}, at(0)),
		t.newItem(item.Draft{Name: "drill", PricePerDay: pointer(6.0)}, at(0)),
	})
	for _, sort := range item.Sorts() {
		p := text("drill")
		p.Sort, p.Limit, p.Lat, p.Lng = pointer(string(sort)), pointer(1), pointer(52.5), pointer(13.4)
		q := t.query(p)
		valid := t.search(q).Next
		if valid == nil {
			t.Fatalf("sort=%s: no next page", sort)
		}
		var forged []item.Position
		for _, key := range []string{"x", "{}", "[1]", "true", "1e999", "1,2", `1],"query":{`, "0x1p4", " 1", "1 ", "1_0", strings.Repeat("9", 400), "0." + strings.Repeat("1", 5000)} {
			forged = append(forged, item.Position{Key: key, ID: valid.ID})
		}
		for _, id := range []item.ID{"", "1", "../_all", item.ID(strings.ToLower(string(valid.ID))) + "x", valid.ID + "0"} {
			forged = append(forged, item.Position{Key: valid.Key, ID: id})
		}
		for _, position := range forged {
			q.After = &position
			_, err := t.Search.Search(t.Context(), q)
			t.WantError("Search after "+position.Key+" "+string(position.ID), err, item.ErrInvalidPosition)
		}
		q.After = valid
		if got := t.search(q); len(got.Items) != 1 || got.Next != nil {
			t.Errorf("sort=%s: the second page is %+v, want the last item", sort, got)
		}
	}
}
