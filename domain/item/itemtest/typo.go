package itemtest

import (
	"math/rand/v2"
	"slices"
)

// EditDistance returns the optimal string alignment distance: insertions, deletions, substitutions, and swaps of
// neighbours.
func EditDistance(a, b []rune) int {
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

// Misspell returns word with up to n typing errors.
func Misspell(random *rand.Rand, word []rune, n int) []rune {
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
