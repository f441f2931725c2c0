package opensearchitems_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/domain/item"
)

type token struct {
	Token    string
	Position int
}

// analyze returns the tokens of the analysis that body describes.
func analyze(t *testing.T, url string, body map[string]any) []token {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	var response struct{ Tokens []token }
	if err := json.Unmarshal([]byte(opensearchtest.Send(t, http.MethodPost, url+"/_analyze", string(data))), &response); err != nil {
		t.Fatal(err)
	}
	return response.Tokens
}

// analyzeText returns the words that an analyzer finds in text.
func analyzeText(t *testing.T, engine string, analyzer map[string]any, text string) []string {
	t.Helper()
	analyzer["text"] = text
	var words []string
	for _, found := range analyze(t, engine, analyzer) {
		words = append(words, found.Token)
	}
	return words
}

// plane returns the characters of the Basic Multilingual Plane, in chunks that an engine accepts at once.
func plane() [][]rune {
	var all []rune
	for c := rune(1); c <= 0xFFFF; c++ {
		if c < 0xD800 || c > 0xDFFF { // no surrogates
			all = append(all, c)
		}
	}
	return slices.Collect(slices.Chunk(all, 4000))
}

func TestFoldingOfTheEngine(t *testing.T) {
	t.Parallel()
	engine := opensearchtest.Engine(t)
	analyzer := map[string]any{
		"tokenizer": map[string]any{"type": "pattern", "pattern": "\n"}, "filter": []string{"asciifolding"},
	}
	folded := map[string][]rune{}
	for _, part := range plane() {
		part = slices.DeleteFunc(part, func(c rune) bool { return c == '\n' })
		words := analyzeText(t, engine, analyzer, strings.Join(strings.Split(string(part), ""), "\n"))
		if len(words) != len(part) {
			t.Fatalf("%d words of %d characters", len(words), len(part))
		}
		for i, word := range words {
			if word != string(part[i]) {
				folded[word] = append(folded[word], part[i])
			}
		}
	}
	var lines []string
	for word, characters := range folded {
		lines = append(lines, word+" "+string(characters)+"\n")
	}
	slices.Sort(lines)
	got := strings.Join(lines, "")
	const table = "../../../domain/item/folding.txt"
	if *update {
		if err := os.WriteFile(table, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from the engine: run this with -update. The engine's table:\n%s", table, got)
	}
}

// TestWordsOfTheEngine compares the words of item.FoldedWords and of the engine, with each character of the plane in a
// word of its own. They may differ in which characters are letters, since editions of Unicode do.
func TestWordsOfTheEngine(t *testing.T) {
	t.Parallel()
	engine := opensearchtest.Engine(t)
	analyzer := map[string]any{
		"char_filter": []any{map[string]any{"type": "pattern_replace", "pattern": "[\\u0300-\\u036F]", "replacement": ""}},
		"tokenizer":   map[string]any{"type": "pattern", "pattern": "[\\p{L}\\p{N}\\p{M}]+", "group": 0},
		"filter":      []string{"lowercase", "asciifolding"},
	}
	differ := 0
	for _, part := range plane() {
		var text strings.Builder
		for _, c := range part {
			fmt.Fprintf(&text, "n%dx%cy ", c, c)
		}
		want := grouped(analyzeText(t, engine, analyzer, text.String()))
		for head, got := range grouped(item.FoldedWords(text.String())) {
			switch {
			case got == want[head]:
			case strings.Contains(got, " ") != strings.Contains(want[head], " "):
				differ++
			default:
				t.Errorf("%s: %+q, the engine has %+q", head, got, want[head])
			}
		}
	}
	if differ > 150 {
		t.Errorf("%d characters are letters for one side only", differ)
	}
	t.Logf("%d characters are letters for one side only", differ)
}

// grouped joins the parts of split words, by the number that each word begins with.
func grouped(words []string) map[string]string {
	groups := map[string]string{}
	head := ""
	for _, word := range words {
		if number, rest, ok := strings.Cut(word, "x"); ok && strings.HasPrefix(number, "n") {
			head, groups[number] = number, rest
			continue
		}
		groups[head] += " " + word
	}
	return groups
}
