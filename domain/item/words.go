package item

import (
	"slices"
	"unicode/utf8"
)

// MaxEdits is how many typing errors a query's word of n characters may differ by from an item's word and
// still match: one, in words of 3 characters to MaxWordLength. An error is a character too many, too few or
// another, or two neighbours swapped; the first character must be right.
func MaxEdits(n int) int {
	if n < 3 || n > MaxWordLength {
		return 0
	}
	return 1
}

// open stands for any one character. No word contains it.
const open = "?"

// IndexTerms are what a word of an item is found by: the word itself, and the word with each character but the first
// replaced by a question mark. A word that no word with a typing error can match has none but itself.
//
// items.index.json of adapters/opensearch makes the same terms.
func IndexTerms(word string) []string {
	terms := []string{word}
	length := utf8.RuneCountInString(word)
	if length < 3 || length > MaxWordLength+1 {
		return terms
	}
	ends := boundaries(word)
	for i, end := range ends[1:] {
		terms = append(terms, word[:ends[i]]+open+word[end:])
	}
	return terms
}

// QueryTerms are what a query's word looks up, sorted. It has a term in common with the IndexTerms of another word
// exactly if both begin with the same character and differ by at most MaxEdits. So a typing error costs four exact
// look-ups for each character, which is far less than an automaton for each word and segment.
func QueryTerms(word string) []string {
	terms := []string{word}
	if MaxEdits(utf8.RuneCountInString(word)) == 0 {
		return terms
	}
	ends := boundaries(word)
	for i, end := range ends[1:] {
		before, character, after := word[:ends[i]], word[ends[i]:end], word[end:]
		// Another character here, one too few before it, and itself too many.
		terms = append(terms, before+open+after, before+open+character+after, before+after)
		if i+2 < len(ends) {
			next := ends[i+2]
			terms = append(terms, before+word[end:next]+character+word[next:])
		}
	}
	terms = append(terms, word+open)
	slices.Sort(terms)
	return slices.Compact(terms)
}

// boundaries are where the characters of word end, in bytes.
func boundaries(word string) []int {
	var ends []int
	for start := range word {
		if start > 0 {
			ends = append(ends, start)
		}
	}
	return append(ends, len(word))
}
