package functions_test

import (
	"fmt"
	"regexp"
	"strings"
)

// page is a Markdown file: its text, and what the checks look at.
type page struct {
	name     string // the path from the root, with slashes
	text     string
	prose    string // text with code, and comments, blanked: every byte keeps its place
	headings []heading
	blocks   []block
	spans    []span
}

// heading is one in GitHub's sense; slug is what its anchor is called.
type heading struct {
	line, level int
	text, slug  string
}

// block is fenced or indented code. language is the first word after the fence.
type block struct {
	line, end int // of its first and last line, fences included
	fenced    bool
	language  string
	text      string
}

// span is code within a sentence. One that is wrapped has a space for the line break.
type span struct {
	line int
	text string
}

// problem is a complaint as editors read it.
func (p page) problem(line int, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", p.name, line, fmt.Sprintf(format, args...))
}

// line returns the number of the line with the byte at offset.
func (p page) line(offset int) int { return 1 + strings.Count(p.text[:offset], "\n") }

// shell reports whether a block has commands: a block without a language, or an indented one, may.
func (b block) shell() bool {
	switch b.language {
	case "", "sh", "bash", "shell", "console":
		return true
	}
	return false
}

var (
	fence     = regexp.MustCompile("^( *)(```+|~~~+)\\s*([\\w+-]*)[^`]*$")
	headed    = regexp.MustCompile(`^(#{1,6})\s+(.*?)(?:\s+#+)?\s*$`)
	listItem  = regexp.MustCompile(`^( *)([-*+]|\d+[.)]) +`)
	comment   = regexp.MustCompile(`(?s)<!--.*?-->`)
	linkText  = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	notInSlug = regexp.MustCompile(`[^\p{L}\p{M}\p{N}\p{Pc}\- ]`)
)

// newPage reads Markdown as GitHub does, as far as the checks need it.
func newPage(name, text string) page {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	p := page{name: name, text: text}
	reader := blockReader{page: &p}
	for i, line := range strings.Split(text, "\n") {
		reader.read(i+1, line)
	}
	reader.close()
	p.prose = comment.ReplaceAllStringFunc(strings.Join(reader.prose, "\n"), blanked)
	p.readSpans()
	p.readHeadings()
	return p
}

// blanked keeps the lines of a text, and its length, and nothing else.
func blanked(text string) string {
	bytes := []byte(text)
	for i, b := range bytes {
		if b != '\n' {
			bytes[i] = ' '
		}
	}
	return string(bytes)
}

// blockReader separates code blocks from prose, line by line.
type blockReader struct {
	page   *page
	prose  []string
	open   *block
	fence  string // of the open block; empty when that is indented
	margin int    // columns that do not belong to the code of the open block
	item   int    // columns of the list item's own text, 0 outside of lists
	blank  bool   // the line before was blank, or none
	begun  bool
}

func (r *blockReader) read(number int, line string) {
	blank := strings.TrimSpace(line) == ""
	indent := len(line) - len(strings.TrimLeft(line, " "))
	switch {
	case r.open != nil && r.fence != "":
		if closing := strings.TrimSpace(line); strings.HasPrefix(closing, r.fence) && strings.Trim(closing, r.fence[:1]) == "" {
			r.open.end = number
			r.close()
		} else {
			r.add(line)
		}
		r.prose = append(r.prose, blanked(line))
		return
	case r.open != nil && (blank || indent >= r.margin):
		if !blank {
			r.open.end = number
		}
		r.add(line)
		r.prose = append(r.prose, blanked(line))
		r.blank = blank
		return
	}
	r.close()
	if m := fence.FindStringSubmatch(line); m != nil {
		r.open, r.fence, r.margin = &block{line: number, end: number, fenced: true, language: strings.ToLower(m[3])}, m[2], len(m[1])
		r.prose = append(r.prose, blanked(line))
		return
	}
	if m := listItem.FindString(line); m != "" && (r.item > 0 || indent < 4) {
		r.item = len(m)
	} else if !blank && r.blank && indent == 0 {
		r.item = 0
	}
	if !blank && (r.blank || !r.begun) && indent >= r.item+4 {
		r.open, r.fence, r.margin = &block{line: number, end: number}, "", r.item+4
		r.add(line)
		line = blanked(line)
	}
	r.prose, r.blank, r.begun = append(r.prose, line), blank, true
}

func (r *blockReader) add(line string) {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	r.open.text += line[min(indent, r.margin):] + "\n"
}

func (r *blockReader) close() {
	if r.open != nil {
		r.open.text = strings.TrimRight(r.open.text, "\n") + "\n"
		r.page.blocks = append(r.page.blocks, *r.open)
		r.open, r.fence, r.blank = nil, "", true
	}
}

// readSpans takes the code out of the sentences. A span ends at as many backticks as it begins with, and before a
// blank line.
func (p *page) readSpans() {
	prose := []byte(p.prose)
	ticks := regexp.MustCompile("`+")
	for at := 0; ; {
		begin := ticks.FindIndex(prose[at:])
		if begin == nil {
			break
		}
		from, to := at+begin[0], at+begin[1]
		at = to
		paragraph := len(prose) - to
		if end := regexp.MustCompile(`\n\s*\n`).FindIndex(prose[to:]); end != nil {
			paragraph = end[0]
		}
		for _, end := range ticks.FindAllIndex(prose[to:to+paragraph], -1) {
			if end[1]-end[0] != to-from {
				continue
			}
			text := strings.Join(strings.Fields(string(prose[to:to+end[0]])), " ")
			p.spans = append(p.spans, span{p.line(from), text})
			at = to + end[1]
			for i := from; i < at; i++ {
				if prose[i] != '\n' {
					prose[i] = 0
				}
			}
			break
		}
	}
	p.prose = string(prose)
}

// readHeadings makes the anchors as GitHub does: of equal ones, the second gets -1, the third -2.
func (p *page) readHeadings() {
	seen := map[string]int{}
	lines := strings.Split(p.text, "\n")
	for i, line := range strings.Split(p.prose, "\n") {
		if !headed.MatchString(line) {
			continue
		}
		m := headed.FindStringSubmatch(lines[i])
		shown := linkText.ReplaceAllString(m[2], "$1")
		slug := strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(shown), ""), " ", "-")
		anchor := slug
		if n := seen[slug]; n > 0 {
			anchor = fmt.Sprintf("%s-%d", slug, n)
		}
		seen[slug]++
		p.headings = append(p.headings, heading{i + 1, len(m[1]), m[2], anchor})
	}
}
