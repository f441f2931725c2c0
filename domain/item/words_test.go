package item_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rental.example/domain/item"
	"rental.example/domain/item/itemtest"
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

// checkTerms checks that the terms of a query's word and of an item's word meet if and only if the words match.
func checkTerms(t *testing.T, query, word string) {
	t.Helper()
	q, w := []rune(query), []rune(word)
	want := q[0] == w[0] && itemtest.EditDistance(q[1:], w[1:]) <= item.MaxEdits(len(q))
	index := item.IndexTerms(word)
	got := slices.ContainsFunc(item.QueryTerms(query), func(term string) bool { return slices.Contains(index, term) })
	if got != want {
		t.Errorf("%q matches %q: %t, want %t", query, word, got, want)
	}
}

// TestTermsMeet compares each pair of short words of three letters, one of two bytes, with their edit distance.
func TestTermsMeet(t *testing.T) {
	t.Parallel()
	words := longer("", 5)
	for _, query := range words {
		for _, word := range words {
			checkTerms(t, query, word)
		}
	}
}

// longer returns the words that start with word and have up to n more letters.
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

// TestTermsMeetInLongWords compares words up to and beyond the longest ones that match.
func TestTermsMeetInLongWords(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	for range 2_000 {
		word := make([]rune, 1+random.IntN(item.MaxWordLength+3))
		for i := range word {
			word[i] = 'a' + random.Int32N(3)
		}
		for n := range 4 {
			if typo := itemtest.Misspell(random, word, n); len(typo) > 0 {
				checkTerms(t, string(typo), string(word))
			}
		}
	}
}

// TestTermsAreFew: the number of terms, the cost of a search, is bounded by the characters of its text.
func TestTermsAreFew(t *testing.T) {
	t.Parallel()
	for n := 1; n <= item.MaxWordLength; n++ {
		word := strings.Repeat("abcdefgh", 8)[:n]
		if got := len(item.QueryTerms(word)); got > 4*n {
			t.Errorf("a word of %d characters has %d query terms, at most %d", n, got, 4*n)
		}
	}
}
