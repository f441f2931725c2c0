package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// coldStacks are the columns of the table of figures.
var coldStacks = []string{ours, seeds, gins, raws, hellocalls, hellos}

// print writes the figures of all stacks, and then how ours compare, as Markdown.
func (r coldResults) print(w io.Writer) {
	fmt.Fprintf(w, "| ms; walls: lower quartile (median) | %s |\n|---%s|\n", strings.Join(coldStacks, " | "), strings.Repeat("|---", len(coldStacks)))
	cpu := func(what string, s series) {
		printFigures(w, what, s, func(v []float64) string { return fmt.Sprintf("%.1f", median(v)) })
	}
	wall := func(what string, s series) {
		printFigures(w, what, s, func(v []float64) string { return fmt.Sprintf("%.1f (%.1f)", quantile(v, 0.25), median(v)) })
	}
	at := r.users[deployed]
	cpu("CPU before the first event", at.startCPU)
	cpu("CPU in the first invocation", at.firstCPU)
	for _, size := range sizes {
		wall(fmt.Sprintf("first response at %d MB", size), r.users[size].first)
	}
	wall("next response at 128 MB", r.users[128].next)
	wall("next response at 256 MB", at.next)
	wall("start and first response at 256 MB", at.whole)
	wall("response at 256 MB after its connection was closed", at.reconnect)
	printFigures(w, "the slowest of those", at.reconnect, func(v []float64) string { return fmt.Sprintf("%.1f", slices.Max(v)) })
	cpu("items: CPU before the first event", r.items.startCPU)
	cpu("items: CPU in the first search", r.items.firstCPU)
	wall("items: first search at 256 MB", r.items.first)
	wall("items: next search at 256 MB", r.items.next)
	wall("items: start and first search at 256 MB", r.items.whole)
	wall("items: search at 256 MB after its connection was closed", r.items.reconnect)
	fmt.Fprintln(w)
	printRows(w, r.rows())
}

// printFigures writes one line of figures; a stack that was not measured has none.
func printFigures(w io.Writer, what string, s series, figure func([]float64) string) {
	cells := []string{what}
	for _, stack := range coldStacks {
		cell := ""
		if len(s[stack]) > 0 {
			cell = figure(s[stack])
		}
		cells = append(cells, cell)
	}
	fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
}

func (r coldResults) rows() []row {
	at, small := r.users[deployed], r.users[128]
	wall := func(what string, a, b []float64, target float64) row {
		return row{what: what, unit: "ms", digits: 1, scale: 1, ours: a, theirs: b, target: target, lower: true}
	}
	against := func(what string, s series, stack string, target float64) row {
		row := wall(what+": "+stack, s[ours], s[stack], target)
		row.inverse = true
		return row
	}
	start := func(stack string, target float64) row {
		row := wall("CPU before the first event: "+stack, at.startCPU[ours], at.startCPU[stack], target)
		row.lower = false
		return row
	}
	const first, whole, search = "first response at 256 MB", "start and first response at 256 MB", "items, first search at 256 MB"
	return []row{
		wall(first+": our next", at.first[ours], at.next[ours], 1.3),
		wall("first response at 128 MB: our next", small.first[ours], small.next[ours], 2),
		against(first, at.first, seeds, 1.0/15),
		against(first, at.first, gins, 0),
		against(first, at.first, raws, 0),
		against(whole, at.whole, seeds, 1.0/3),
		against(whole, at.whole, gins, 0),
		against(whole, at.whole, raws, 0),
		start(hellocallsTrust, 1.15),
		start(hellocalls, 0),
		wall("response at 256 MB after its connection was closed: our next", at.reconnect[ours], at.next[ours], 1.6),
		wall(search+": our next", r.items.first[ours], r.items.next[ours], 1.3),
		against(search, r.items.first, seeds, 0),
	}
}
