package opensearchitems

import (
	"strings"
	"testing"

	"rental.example/domain/item"
)

// TestSearchIsBounded checks that the engine looks up at most eight exact terms for each character of the text.
func TestSearchIsBounded(t *testing.T) {
	t.Parallel()
	for _, length := range []int{1, 2, 3, 4, 11, 12, 24, item.MaxWordLength} {
		words := min((item.MaxTextLength+1)/(length+1), item.MaxWords)
		text := strings.TrimSpace(strings.Repeat(strings.Repeat("abcdefgh", 8)[:length]+" ", words))
		q, err := item.NewQuery(item.Params{Text: &text})
		if err != nil {
			t.Fatal(err)
		}
		body, err := newSearchBody(q)
		if err != nil {
			t.Fatal(err)
		}
		lookUps := 0
		for _, word := range body.Query.Bool.Must {
			for _, match := range word.DisMax.Queries {
				exact := match.ConstantScore.Filter
				lookUps += len(exact.Match) + len(exact.Terms["name.misspelled"]) + len(exact.Terms["details.misspelled"])
			}
		}
		if most := 8 * len(text); len(body.Query.Bool.Must) != words || lookUps < words || lookUps > most {
			t.Errorf("%d words of %d characters: %d clauses, %d look-ups, at most %d", words, length, len(body.Query.Bool.Must), lookUps, most)
		}
	}
}
