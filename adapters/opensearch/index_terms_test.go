package opensearch_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/domain/item"
)

// spellings are words of every length that the index's filters treat differently, in letters of one byte to four.
func spellings() (words []string) {
	for n := 1; n <= item.MaxWordLength+3; n++ {
		for _, alphabet := range []string{"abcdefghij", "бгджз", "東京都", "\U00010428\U00010429a"} {
			letters := []rune(strings.Repeat(alphabet, n))
			words = append(words, string(letters[:n]))
		}
	}
	return words
}

// TestIndexTermsOfTheMapping applies the filters of items.index.json one by one, as the engine's multiplexer does:
// together they make item.IndexTerms.
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

// TestIndexTermsAreTheEngines asks a real engine for the terms that it indexes.
func TestIndexTermsAreTheEngines(t *testing.T) {
	t.Parallel()
	endpoint, alias, _ := newIndices(t)
	words := spellings()
	body, err := json.Marshal(map[string]any{"field": "details.misspelled", "text": strings.Join(words, " ")})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Tokens []struct {
			Token    string
			Position int
		}
	}
	if err := json.Unmarshal([]byte(send(t, http.MethodPost, fmt.Sprintf("%s/%s/_analyze", endpoint, alias), string(body))), &answer); err != nil {
		t.Fatal(err)
	}
	terms := make([][]string, len(words))
	for _, token := range answer.Tokens {
		terms[token.Position] = append(terms[token.Position], token.Token)
	}
	for i, word := range words {
		checkIndexTerms(t, word, terms[i])
	}
}
