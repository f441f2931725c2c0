package item

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
)

// foldingTable is what Lucene's ASCIIFoldingFilter makes of each character that it changes: a line for
// each outcome, which is followed by a space and the characters. It comes from the engine itself:
// TestFoldingIsTheEngines of adapters/opensearch compares it, and rewrites it when -update is given.
// https://lucene.apache.org/core/9_12_0/analysis/common/org/apache/lucene/analysis/miscellaneous/ASCIIFoldingFilter.html
//
//go:embed folding.txt
var foldingTable string

var foldings = sync.OnceValue(func() map[rune]string {
	table := make(map[rune]string)
	for line := range strings.Lines(foldingTable) {
		outcome, characters, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		for _, c := range characters {
			table[c] = outcome
		}
	}
	return table
})

// fold is word as FoldedWords has it. The order is the engine's: marks, case, folding. Case and the kinds of
// characters are those of this program's edition of Unicode; an engine on an older Java knows fewer letters.
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
		if outcome, ok := table[c]; ok {
			b.WriteString(outcome)
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

// isPlain reports whether folding leaves word as it is, as it does with most.
func isPlain(word string) bool {
	for i := range len(word) {
		if c := word[i]; c >= 0x80 || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// FoldedWords are the words of text as they are indexed and looked up: without combining marks, in lower case, Latin
// letters without accents.
func FoldedWords(text string) []string {
	words := Words(text)
	for i, word := range words {
		words[i] = fold(word)
	}
	return words
}
