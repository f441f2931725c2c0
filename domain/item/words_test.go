package item_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rental.example/domain/item"
)

func TestFoldedWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                       nil,
		"Bosch drill, 18V":       {"bosch", "drill", "18v"},
		"Größe STRASSE ẞ":        {"grosse", "strasse", "ss"},
		"cre\u0300me crème":      {"creme", "creme"},
		"Ægir œuvre ﬁne":         {"aegir", "oeuvre", "fine"},
		"Þór Łódź İstanbul ı":    {"thor", "lodz", "istanbul", "i"},
		"²³ ⑴ ① x₂":              {"23", "(1)", "1", "x2"},
		"ΆΣ Ёлка Ώ":              {"άσ", "ёлка", "ώ"},
		"\u0301 a":               {"a"},
		"it's e-mail_x":          {"it", "s", "e", "mail", "x"},
		"हिन्दी ไทย 東京":          {"हिन्दी", "ไทย", "東京"},
		"\U00010400x \U0001F6B2": {"\U00010428x"},
	} {
		if got := item.FoldedWords(text); !slices.Equal(got, want) {
			t.Errorf("FoldedWords(%+q) = %+q, want %+q", text, got, want)
		}
	}
}

// alignment is the distance by optimal string alignment, as textbooks have it.
func alignment(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			other := 1
			if a[i-1] == b[j-1] {
				other = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+other)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// checkTerms: the terms of a query's word and of an item's meet exactly if the words are near enough.
func checkTerms(t *testing.T, query, word string) {
	t.Helper()
	q, w := []rune(query), []rune(word)
	want := q[0] == w[0] && alignment(q[1:], w[1:]) <= item.MaxEdits(len(q))
	index := item.IndexTerms(word)
	got := slices.ContainsFunc(item.QueryTerms(query), func(term string) bool { return slices.Contains(index, term) })
	if got != want {
		t.Errorf("%q matches %q: %t, want %t", query, word, got, want)
	}
}

// TestTermsMeet holds each pair of short words of three letters, one of them of two bytes, to the textbook's distance.
func TestTermsMeet(t *testing.T) {
	t.Parallel()
	words := longer("", 5)
	for _, query := range words {
		for _, word := range words {
			checkTerms(t, query, word)
		}
	}
}

// longer are the words that up to n more letters make of word.
func longer(word string, n int) (words []string) {
	if n == 0 {
		return nil
	}
	for _, c := range "aбc" {
		next := word + string(c)
		words = append(append(words, next), longer(next, n-1)...)
	}
	return words
}

// TestTermsMeetInLongWords is about words up to one character beyond what a query's word may have, and beyond that.
func TestTermsMeetInLongWords(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	for range 2_000 {
		word := make([]rune, 1+random.IntN(item.MaxWordLength+3))
		for i := range word {
			word[i] = 'a' + random.Int32N(3)
		}
		for n := range 4 {
			if typo := typos(random, word, n); len(typo) > 0 {
				checkTerms(t, string(typo), string(word))
			}
		}
	}
}

// typos makes up to n typing errors in word.
func typos(random *rand.Rand, word []rune, n int) []rune {
	word = slices.Clone(word)
	for range n {
		at := random.IntN(len(word) + 1)
		switch c := 'a' + random.Int32N(5); {
		case random.IntN(3) == 0:
			word = slices.Insert(word, at, c)
		case at == len(word):
		case random.IntN(2) == 0:
			word[at] = c
		case at > 0:
			word[at-1], word[at] = word[at], word[at-1]
		default:
			word = slices.Delete(word, at, at+1)
		}
	}
	return word
}

// TestTermsAreFew: what a search costs the engine is bounded by the characters of its text, however they are divided.
func TestTermsAreFew(t *testing.T) {
	t.Parallel()
	for n := 1; n <= item.MaxWordLength; n++ {
		word := strings.Repeat("abcdefgh", 8)[:n]
		if got := len(item.QueryTerms(word)); got > 4*n {
			t.Errorf("a word of %d characters has %d query terms, at most %d", n, got, 4*n)
		}
	}
}
