package functions_test

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// No compiler reads documents. So each check compares a page with the files, the code and the template, and returns
// what is wrong, as file:line: what, and what to write.

const (
	readmeSize = 9_000 // bytes
	pageSize   = 10_000
	maxLevel   = 3 // of a heading
	manyParts  = 6 // a page with more has a line of contents
)

// documents are the pages of the repository, and what they are compared with.
type documents struct {
	root      string
	files     map[string]bool // files and folders, by path from the root, with slashes
	ignored   []string        // patterns of .gitignore
	pages     map[string]page
	makefile  makefile
	template  samtest.Template
	contract  map[string]bool            // the words of openapi.yaml
	alarms    map[string]string          // their descriptions
	general   []string                   // headings of the runbook that no alarm names
	routes    []string                   // of the code: METHOD /path
	runner    []string                   // what the local runner serves below /_local, likewise
	variables map[string]map[string]bool // of the environment, with who uses each
}

// checks are those that read a page. TestShellBlocks runs its commands.
func (d *documents) checks() []func(page) []string {
	return []func(page) []string{d.size, d.shape, d.links, d.making, d.paths, d.operations, d.flags, d.portable,
		d.routeTable, d.variableTable, d.flagTable, d.callTable, d.runbook, d.runnable}
}

// check is what all checks say of a page.
func (d *documents) check(p page) (problems []string) {
	for _, check := range d.checks() {
		problems = append(problems, check(p)...)
	}
	return problems
}

// TestDocuments runs all checks on every page.
func TestDocuments(t *testing.T) {
	t.Parallel()
	d := loadDocuments(t)
	for _, name := range slices.Sorted(maps.Keys(d.pages)) {
		for _, problem := range d.check(d.pages[name]) {
			t.Error(problem)
		}
	}
}

// TestDocumentsAreThere: there is a README, each page of the runbook that alarms name, a table of routes, and one table of variables.
func TestDocumentsAreThere(t *testing.T) {
	t.Parallel()
	d := loadDocuments(t)
	for _, name := range append(d.alarmPages(), "README.md", runbookName) {
		if _, ok := d.pages[name]; !ok {
			t.Errorf("there is no %s", name)
		}
	}
	routes, variables := 0, 0
	for _, p := range d.pages {
		for _, table := range p.tables() {
			if found := routesOf(table); len(d.routes) > 0 && found[d.routes[0]] > 0 {
				routes++
			}
			if isVariableTable(table) {
				variables++
			}
		}
	}
	if routes == 0 {
		t.Error("no page has the table of routes: | route | does |, with rows | `METHOD /path` | ... |")
	}
	if variables != 1 {
		t.Errorf("%d pages have the table of variables, | variable | used by | meaning |; want 1", variables)
	}
}

func loadDocuments(t *testing.T) *documents {
	t.Helper()
	template := samtest.LoadTemplate(t)
	d := &documents{root: samtest.Root(t), makefile: makefile(samtest.ReadFile(t, "Makefile")), template: template, routes: routesInCode(), general: generalSections,
		files: map[string]bool{}, pages: map[string]page{}, contract: map[string]bool{}, alarms: map[string]string{}, variables: variablesOf(t, template)}
	for name, a := range of(template, "AWS::CloudWatch::Alarm") {
		d.alarms[name], _ = a.Properties["AlarmDescription"].(string)
	}
	for _, word := range strings.FieldsFunc(samtest.ReadFile(t, "openapi.yaml"), func(r rune) bool { return strings.ContainsRune(" \n,[]\"'`", r) }) {
		d.contract[word] = true
	}
	d.ignored = []string{".git"}
	for _, pattern := range strings.Fields(samtest.ReadFile(t, ".gitignore")) {
		d.ignored = append(d.ignored, strings.Trim(pattern, "/"))
	}
	if err := fs.WalkDir(os.DirFS(d.root), ".", d.visit); err != nil {
		t.Fatal(err)
	}
	if len(d.runner) == 0 {
		t.Error("no code of functions/local serves requests below /_local")
	}
	return d
}

var runnerOperation = regexp.MustCompile(`"((?:GET|POST|PUT|PATCH|DELETE) /_local[^"]*)"`)

// visit notes a file, and reads it where it is a page or code of the local runner.
func (d *documents) visit(name string, entry fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	if d.ignores(name) && name != "." {
		if entry.IsDir() {
			return fs.SkipDir
		}
		return nil
	}
	d.files[name] = true
	isPage := strings.HasSuffix(name, ".md")
	if !isPage && (!strings.HasPrefix(name, "functions/local/") || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go")) {
		return nil
	}
	data, err := os.ReadFile(filepath.Join(d.root, filepath.FromSlash(name)))
	if isPage {
		d.pages[name] = newPage(name, string(data))
		return err
	}
	for _, m := range runnerOperation.FindAllSubmatch(data, -1) {
		d.runner = append(d.runner, string(m[1]))
	}
	return err
}

func (d *documents) ignores(name string) bool {
	return slices.ContainsFunc(d.ignored, func(pattern string) bool {
		whole, _ := path.Match(pattern, name)
		base, _ := path.Match(pattern, path.Base(name))
		return whole || base
	})
}

// size: a page is short enough to be read as a whole.
func (d *documents) size(p page) []string {
	limit := pageSize
	if p.name == "README.md" {
		limit = readmeSize
	}
	if len(p.text) <= limit {
		return nil
	}
	return []string{p.problem(1, "%d bytes, at most %d: move a part to the page of the folder that it is about", len(p.text), limit)}
}

// shape: headings are few levels deep, and a page of many parts begins with links to them.
func (d *documents) shape(p page) (problems []string) {
	var parts []heading
	for _, h := range p.headings {
		if h.level > maxLevel {
			problems = append(problems, p.problem(h.line, "a heading of level %d; write ### at most, or a bold first word", h.level))
		}
		if h.level == 2 {
			parts = append(parts, h)
		}
	}
	if len(parts) <= manyParts {
		return problems
	}
	references := p.references()
	var missing []string
	for _, h := range parts {
		if !slices.ContainsFunc(references, func(r reference) bool { return r.line < parts[0].line && r.destination == "#"+h.slug }) {
			missing = append(missing, "["+h.text+"](#"+h.slug+")")
		}
	}
	if len(missing) > 0 {
		problems = append(problems, p.problem(parts[0].line, "%d parts, and no contents that link to all; write before the first: %s",
			len(parts), strings.Join(missing, " · ")))
	}
	return problems
}
