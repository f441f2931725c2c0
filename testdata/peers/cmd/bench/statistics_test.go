package main

import (
	"slices"
	"testing"
)

func TestQuantile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values []float64
		p      float64
		want   float64
	}{
		{[]float64{7}, 0.5, 7},
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{5, 1, 4, 2, 3}, 0.25, 2},
		{[]float64{5, 1, 4, 2, 3}, 1, 5},
	} {
		if got := quantile(c.values, c.p); got != c.want {
			t.Errorf("quantile(%v, %v) = %v, want %v", c.values, c.p, got, c.want)
		}
	}
}

func TestRatiosAreOfRounds(t *testing.T) {
	t.Parallel()
	got := ratios([]float64{1, 20, 3}, []float64{2, 40, 3})
	if want := []float64{0.5, 0.5, 1}; !slices.Equal(got, want) {
		t.Errorf("ratios are %v, want %v", got, want)
	}
}

func TestEachComesFirstOnce(t *testing.T) {
	t.Parallel()
	stacks := []string{ours, seeds, hellos}
	var first []string
	for round := range stacks {
		first = append(first, rotated(stacks, round)[0])
	}
	if slices.Sort(first); !slices.Equal(first, slices.Sorted(slices.Values(stacks))) {
		t.Errorf("first come %v", first)
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		row  row
		want string
	}{
		{row{what: "a", unit: "µs", scale: 1, ours: []float64{9}, theirs: []float64{100}, target: 1.0 / 12, inverse: true},
			"| a | 9 µs | 100 µs | 1/11.1 | 1/11.1..1/11.1 | 1/12.0 | no |"},
		{row{what: "a", unit: "µs", scale: 1, ours: []float64{8}, theirs: []float64{100}, target: 1.0 / 12, inverse: true},
			"| a | 8 µs | 100 µs | 1/12.5 | 1/12.5..1/12.5 | 1/12.0 | yes |"},
		{row{what: "a", scale: 1, ours: []float64{21}, target: 20}, "| a | 21 | | | | 20 | no |"},
		{row{what: "a", scale: 1, lower: true, ours: []float64{6, 2, 4, 8, 5}, theirs: []float64{2, 9, 2}, target: 1.9},
			"| a | 4 | 2 | 2.00 |  | 1.90 | no |"},
		{row{what: "a", scale: 1, ours: []float64{1}, theirs: []float64{2}}, "| a | 1 | 2 | 0.50 | 0.50..0.50 |  |  |"},
	} {
		if got := c.row.String(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
