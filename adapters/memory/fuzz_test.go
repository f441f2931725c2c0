package memory

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"rental.example/domain/item"
)

// FuzzSearch holds the index against a look at every item, for any texts: listed has a line for each item, its name
// and, after a bar, its details.
func FuzzSearch(f *testing.F) {
	f.Add("Drill, 18v|two batteries\nDrills\nkayak|for the drill", "dril", uint8(0), uint8(1))
	f.Add("Bohrmaschine\nBohrmaschinen|Straße", "bohrmachine strasse", uint8(3), uint8(2))
	f.Add("0\na\u0301b|東京\n⚙\ufe0f", "\u0747 0", uint8(4), uint8(0))
	f.Fuzz(func(t *testing.T, listed, text string, order, limit uint8) {
		const maxLength, maxItems = 1000, 20
		lines := strings.SplitN(listed, "\n", maxItems)
		if len(listed) > maxLength || !utf8.ValidString(listed) {
			t.Skip("too long, or not what the domain lets in")
		}
		sort := string(item.Sorts()[int(order)%len(item.Sorts())])
		q, err := item.NewQuery(item.Params{Text: &text, Sort: &sort, Limit: 1 + int(limit)%item.MaxLimit})
		if err != nil {
			t.Skip("no query")
		}
		items, all := NewItems(), shelf{}
		for n, line := range lines {
			name, details, _ := strings.Cut(line, "|")
			at := time.UnixMilli(int64(n)).UTC()
			it := item.Item{ID: item.NewID(at, [10]byte{}), OwnerID: "o1", Name: name, Details: details, CreatedAt: at, Version: 1}
			if err := items.Create(t.Context(), it); err != nil {
				t.Fatal(err)
			}
			all.put(it)
		}
		compareWalks(t, items, all, q)
	})
}
