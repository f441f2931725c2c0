package item

// MaxEdits is how many typing errors a query's word of n characters may differ by from an item's word and
// still match: one in 3 to 5 characters, two from 6 on. An error is a character too many, too few or
// another, or two neighbours swapped; the first character must be right. It is what OpenSearch calls
// fuzziness AUTO with prefix_length 1.
// https://docs.opensearch.org/latest/query-dsl/term/fuzzy/
func MaxEdits(n int) int {
	switch {
	case n < 3:
		return 0
	case n < 6:
		return 1
	}
	return 2
}
