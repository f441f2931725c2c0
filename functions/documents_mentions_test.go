package functions_test

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

var (
	mention = regexp.MustCompile(`((?:[\w.-]+/)*[A-Z]+(?:-[A-Z]+)*\.md)\b(?:, (["A-Z].{0,30}))?`)
	runbook = regexp.MustCompile(`(functions/RUNBOOK(?:-[A-Z]+)?\.md), (.{0,40})`)
	wrapped = regexp.MustCompile(`\n\s*(?://|#|;)?\s*`)
)

// TestMentions: where code, or a script, names a page, there is one; and where it names a part of that, as in
// "README.md, Decisions", there is a heading of this name.
func TestMentions(t *testing.T) {
	t.Parallel()
	d := loadDocuments(t)
	for _, name := range slices.Sorted(maps.Keys(d.files)) {
		if d.folder(name) || d.pages[name].name != "" || strings.HasPrefix(path.Base(name), "documents_") {
			continue // samples of what is wrong
		}
		for _, problem := range d.mentions(name, samtest.ReadFile(t, name)) {
			t.Error(problem)
		}
	}
}

func (d *documents) mentions(name, text string) (problems []string) {
	text = wrapped.ReplaceAllString(text, " ")
	for _, m := range append(mention.FindAllStringSubmatch(text, -1), runbook.FindAllStringSubmatch(text, -1)...) {
		target, ok := d.pages[m[1]]
		if !ok {
			target, ok = d.pages[path.Join(path.Dir(name), m[1])]
		}
		switch part := strings.TrimPrefix(m[2], `"`); {
		case !ok:
			problems = append(problems, name+": there is no "+m[1]+"; write a path from the root, or from this folder")
		case part != "" && !slices.ContainsFunc(target.headings, func(h heading) bool { return strings.HasPrefix(part, h.text) }):
			problems = append(problems, name+": no heading of "+target.name+" begins \""+part+"\"; write one of those that it has")
		}
	}
	return problems
}

// TestMentionsNegative: a page, and a part, that there is not is found.
func TestMentionsNegative(t *testing.T) {
	t.Parallel()
	d := &documents{pages: map[string]page{
		"README.md": newPage("README.md", "## Why like this"), runbookName: newPage(runbookName, "## dead events"), "a/README.md": newPage("a/README.md", "# A"),
	}}
	for text, want := range map[string]string{
		"// see README.md,\n// Why like\n// this: it is so": "",
		"// README.md, which says it":                       "",
		"# functions/RUNBOOK.md,\n  # dead events":          "",
		"// README.md, Decisions":                           `x/y.go: no heading of README.md begins "Decisions`,
		`// README.md, "Decisions"`:                         `x/y.go: no heading of README.md begins "Decisions`,
		"// functions/RUNBOOK.md, late events":              `x/y.go: no heading of functions/RUNBOOK.md begins "late events`,
		"// b/README.md says it":                            "x/y.go: there is no b/README.md",
	} {
		if got := strings.Join(d.mentions("x/y.go", text), "\n"); got != "" != (want != "") || !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
