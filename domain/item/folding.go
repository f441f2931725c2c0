package item

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
)

// foldingTable is how Lucene's ASCIIFoldingFilter maps each character that it changes: one line per result, followed by a
// space and the characters. TestFoldingOfTheEngine of opensearchitems compares it with the engine, and rewrites it
// with -update.
// https://lucene.apache.org/core/9_12_0/analysis/common/org/apache/lucene/analysis/miscellaneous/ASCIIFoldingFilter.html
//
//go:embed folding.txt
var foldingTable string

var foldings = sync.OnceValue(func() map[rune]string {
	table := make(map[rune]string)
	for line := range strings.Lines(foldingTable) {
		folded, characters, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		for _, c := range characters {
			table[c] = folded
		}
	}
	return table
})

// fold returns word as FoldedWords does. As in the engine, it drops marks, then lowers case, then folds. Case and character
// classes are those of Go's Unicode tables; an engine on an older Java knows fewer letters.
func fold(word string) string {
	if isPlain(word) {
		return word
	}
	table := foldings()
	var b strings.Builder
	for _, c := range word {
		if c >= 0x300 && c <= 0x36F {
			continue
		}
		c = unicode.ToLower(c)
		if folded, ok := table[c]; ok {
			b.WriteString(folded)
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

// isPlain reports whether word is ASCII without capitals, which folding does not change.
func isPlain(word string) bool {
	for i := range len(word) {
		if c := word[i]; c >= 0x80 || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// FoldedWords returns the words of text as they are indexed and searched: without combining marks, in lower case, Latin
// letters without accents.
func FoldedWords(text string) []string {
	words := Words(text)
	for i, word := range words {
		words[i] = fold(word)
	}
	return words
}
