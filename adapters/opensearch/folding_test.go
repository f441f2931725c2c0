package opensearch_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"rental.example/domain/item"
)

// analyze returns the words that an engine's analyzer finds in text.
func analyze(t *testing.T, engine string, analyzer map[string]any, text string) []string {
	t.Helper()
	analyzer["text"] = text
	body, err := json.Marshal(analyzer)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, engine+"/_analyze", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		Tokens []struct{ Token string }
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("_analyze: %s, %v", res.Status, err)
	}
	words := make([]string, len(answer.Tokens))
	for i, token := range answer.Tokens {
		words[i] = token.Token
	}
	return words
}

// plane is the characters of the Basic Multilingual Plane, in parts that an engine takes at once.
func plane() [][]rune {
	var all []rune
	for c := rune(1); c <= 0xFFFF; c++ {
		if c < 0xD800 || c > 0xDFFF { // surrogates are no characters
			all = append(all, c)
		}
	}
	return slices.Collect(slices.Chunk(all, 4000))
}

func TestFoldingIsTheEngines(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	analyzer := map[string]any{
		"tokenizer": map[string]any{"type": "pattern", "pattern": "\n"}, "filter": []string{"asciifolding"},
	}
	outcomes := map[string][]rune{}
	for _, part := range plane() {
		part = slices.DeleteFunc(part, func(c rune) bool { return c == '\n' })
		words := analyze(t, engine, analyzer, strings.Join(strings.Split(string(part), ""), "\n"))
		if len(words) != len(part) {
			t.Fatalf("%d words of %d characters", len(words), len(part))
		}
		for i, word := range words {
			if word != string(part[i]) {
				outcomes[word] = append(outcomes[word], part[i])
			}
		}
	}
	var lines []string
	for outcome, characters := range outcomes {
		lines = append(lines, outcome+" "+string(characters)+"\n")
	}
	slices.Sort(lines)
	got := strings.Join(lines, "")
	const table = "../../domain/item/folding.txt"
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
		t.Errorf("%s is not the engine's: run this with -update. The engine's:\n%s", table, got)
	}
}

// TestWordsAreTheEngines has each character of the plane within a word of its own. Engines differ in the
// edition of Unicode, so either side may take for no letter what the other does; in nothing else.
func TestWordsAreTheEngines(t *testing.T) {
	t.Parallel()
	engine := engine(t)
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
		want := grouped(analyze(t, engine, analyzer, text.String()))
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

// grouped joins what words were split into: by the number that each began with.
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
