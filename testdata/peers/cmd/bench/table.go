package main

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// row compares ours with a stack's, or with a number.
type row struct {
	what, unit string
	digits     int // of figures
	scale      float64
	ours       []float64
	theirs     []float64 // nil where ours themselves are held against the target
	target     float64   // 0: for information
	inverse    bool      // told as 1/x
	lower      bool      // figures are lower quartiles, and the ratio is theirs: walls, which the machine's other work only adds to
}

func (r results) rows() []row {
	var rows []row
	compare := func(what string, in series, stack, unit string, target float64) {
		rows = append(rows, row{what: what, unit: unit, scale: 1, ours: in[ours], theirs: in[stack], target: target})
	}
	inside := func(stack string) {
		compare("invocation of POST /user in process, bytes in, bytes out: "+stack, r.inside, stack, "µs", 0)
		rows[len(rows)-1].inverse, rows[len(rows)-1].digits = true, 1
	}
	for _, stack := range []string{seeds, hellos, gins, raws} {
		inside(stack)
	}
	rows = append(rows,
		row{what: "allocations of that", scale: 1, ours: r.allocations[ours], target: 20},
		row{what: "bytes that it allocates", unit: "kB", digits: 2, scale: 1e-3, ours: r.bytes[ours], target: 2})
	compare("process CPU of a POST /user with its write to DynamoDB: seed", r.write, seeds, "µs", 0)
	compare("the same: hello, default settings", r.write, hellos, "µs", 0)
	compare("the same: "+hellosOne, r.write, hellosOne, "µs", 0)
	compare("the same: gin", r.write, gins, "µs", 0)
	compare("the same: raw", r.write, raws, "µs", 0)
	for _, t := range []struct {
		stack  string
		target float64
	}{{hellos, 1.6}, {seeds, 0}} {
		compare("CPU from start to the first event: "+t.stack, r.start, t.stack, "ms", t.target)
		rows[len(rows)-1].scale, rows[len(rows)-1].digits = 1e-3, 1
	}
	zip := func(stack string) []float64 { return []float64{float64(r.zip[stack])} }
	rows = append(rows,
		row{what: "deployment package: seed", unit: "MB", digits: 2, scale: 1e-6, ours: zip(ours), theirs: zip(seeds)},
		row{what: "the same: " + seedsPlain, unit: "MB", digits: 2, scale: 1e-6, ours: zip(ours), theirs: zip(seedsPlain)},
		row{what: "peak memory after 1,000 writes: seed", unit: "MB", digits: 1, scale: 1e-6, ours: r.peak[ours], theirs: r.peak[seeds], target: 0.67})
	compare("process CPU of a GET /items with ten hits: seed", r.search, seeds, "µs", 0.6)
	compare("the same: gin", r.search, gins, "µs", 0)
	compare("the same: raw", r.search, raws, "µs", 0)
	return rows
}

// print writes the table as Markdown.
func (r results) print(w io.Writer) { printRows(w, r.rows()) }

// printRows writes rows as Markdown. Quartiles say how far rounds are apart.
func printRows(w io.Writer, rows []row) {
	fmt.Fprintln(w, "| what: against | ours | theirs | ratio | quartiles | at most | met |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|")
	for _, row := range rows {
		fmt.Fprintln(w, row)
	}
}

// String is the row in Markdown.
func (r row) String() string {
	if r.theirs == nil {
		value := r.typical(r.ours) * r.scale
		return fmt.Sprintf("| %s | %s | | | | %v | %s |", r.what, r.figure(r.ours), r.target, met(value, r.target))
	}
	ratio, quartiles := r.typical(r.ours)/r.typical(r.theirs), ""
	if !r.lower {
		all := ratios(r.ours, r.theirs)
		ratio, quartiles = median(all), r.ratio(quantile(all, 0.25))+".."+r.ratio(quantile(all, 0.75))
	}
	target := ""
	if r.target > 0 {
		target = r.ratio(r.target)
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s |", r.what, r.figure(r.ours), r.figure(r.theirs),
		r.ratio(ratio), quartiles, target, met(ratio, r.target))
}

// typical is the value that stands for all.
func (r row) typical(values []float64) float64 {
	if r.lower {
		return quantile(values, 0.25)
	}
	return median(values)
}

func (r row) figure(values []float64) string {
	text := strconv.FormatFloat(r.typical(values)*r.scale, 'f', r.digits, 64)
	if r.unit != "" {
		text += " " + r.unit
	}
	return text
}

func (r row) ratio(x float64) string {
	if r.inverse {
		return "1/" + strconv.FormatFloat(1/x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}

func met(value, target float64) string {
	switch {
	case target == 0:
		return ""
	case value <= target:
		return "yes"
	}
	return "no"
}
