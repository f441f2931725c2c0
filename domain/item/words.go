package item

import (
	"slices"
	"unicode/utf8"
)

// MaxEdits returns how many typing errors a query's word of n characters may have and still match: one in words of 3 to
// MaxWordLength characters. An error is one character inserted, deleted or replaced, or two neighbours swapped; the first
// character must be correct.
func MaxEdits(n int) int {
	if n < 3 || n > MaxWordLength {
		return 0
	}
	return 1
}

// wildcard stands for any one character. No word contains it.
const wildcard = "?"

// IndexTerms returns the terms that a word of an item is indexed under: the word, and the word with each character but the
// first replaced by a wildcard, unless the word is too short or too long for a typing error. The analyzer in
// items.index.json of adapters/opensearch/opensearchitems makes the same terms.
func IndexTerms(word string) []string {
	terms := []string{word}
	length := utf8.RuneCountInString(word)
	if length < 3 || length > MaxWordLength+1 {
		return terms
	}
	ends := boundaries(word)
	for i, end := range ends[1:] {
		terms = append(terms, word[:ends[i]]+wildcard+word[end:])
	}
	return terms
}

// QueryTerms returns the terms that a query's word looks up, sorted. One of them is among another word's IndexTerms if and
// only if both words start with the same character and differ by at most MaxEdits. Four exact look-ups per character cost
// far less than a fuzzy query's automaton for each word and segment.
func QueryTerms(word string) []string {
	terms := []string{word}
	if MaxEdits(utf8.RuneCountInString(word)) == 0 {
		return terms
	}
	ends := boundaries(word)
	for i, end := range ends[1:] {
		before, character, after := word[:ends[i]], word[ends[i]:end], word[end:]
		// The character is replaced; one is missing before it; it is one too many.
		terms = append(terms, before+wildcard+after, before+wildcard+character+after, before+after)
		if i+2 < len(ends) {
			next := ends[i+2]
			terms = append(terms, before+word[end:next]+character+word[next:])
		}
	}
	terms = append(terms, word+wildcard)
	slices.Sort(terms)
	return slices.Compact(terms)
}

// boundaries returns the byte offsets where the characters of word end.
func boundaries(word string) []int {
	var ends []int
	for start := range word {
		if start > 0 {
			ends = append(ends, start)
		}
	}
	return append(ends, len(word))
}
