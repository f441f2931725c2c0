package opensearchitems_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/domain/item"
)

// spellings returns words of every length that the filters of the index distinguish, in letters of one to four bytes.
func spellings() (words []string) {
	for n := 1; n <= item.MaxWordLength+3; n++ {
		for _, alphabet := range []string{"abcdefghij", "бгджз", "東京都", "\U00010428\U00010429a"} {
			letters := []rune(strings.Repeat(alphabet, n))
			words = append(words, string(letters[:n]))
		}
	}
	return words
}

// TestIndexTermsOfTheMapping checks that the filters of items.index.json, applied one by one like the engine's
// multiplexer does, produce item.IndexTerms.
func TestIndexTermsOfTheMapping(t *testing.T) {
	t.Parallel()
	filters := readFilters(t)
	for _, word := range spellings() {
		got := []string{word}
		for name, f := range filters {
			if f.Type == "pattern_replace" {
				got = append(got, regexp.MustCompile(f.Pattern).ReplaceAllString(word, f.Replacement))
			} else if f.Type != "multiplexer" && f.Type != "length" {
				t.Fatalf("%s is a %s", name, f.Type)
			}
		}
		checkIndexTerms(t, word, got)
	}
}

type tokenFilter struct {
	Type, Pattern, Replacement string
}

func readFilters(t *testing.T) map[string]tokenFilter {
	t.Helper()
	var index struct {
		Settings struct {
			Analysis struct{ Filter map[string]tokenFilter }
		}
	}
	data, err := os.ReadFile("items.index.json")
	if err == nil {
		err = json.Unmarshal(data, &index)
	}
	if err != nil || len(index.Settings.Analysis.Filter) < item.MaxWordLength {
		t.Fatal(err, len(index.Settings.Analysis.Filter))
	}
	return index.Settings.Analysis.Filter
}

func checkIndexTerms(t *testing.T, word string, got []string) {
	t.Helper()
	want := item.IndexTerms(word)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(slices.Compact(want), slices.Compact(got)); diff != "" {
		t.Errorf("%q (-item.IndexTerms +engine):\n%s", word, diff)
	}
}

// TestIndexTermsOfTheEngine compares item.IndexTerms with the terms that a real engine indexes.
func TestIndexTermsOfTheEngine(t *testing.T) {
	t.Parallel()
	endpoint, alias, _ := newIndices(t)
	words := spellings()
	body := map[string]any{"field": "details.misspelled", "text": strings.Join(words, " ")}
	terms := make([][]string, len(words))
	for _, token := range analyze(t, endpoint+"/"+alias, body) {
		terms[token.Position] = append(terms[token.Position], token.Token)
	}
	for i, word := range words {
		checkIndexTerms(t, word, terms[i])
	}
}
