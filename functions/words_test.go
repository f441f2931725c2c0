package functions_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// A replacedTerm is one for which Go, HTTP, AWS or DDD has a standard term. It matches whole words; a name is looked at
// word by word: LostAnswer as "lost answer".
type replacedTerm struct{ old, write string }

// replacedTerms come back neither in names, nor in comments, nor in pages.
var replacedTerms = []replacedTerm{
	{`answer(s|ed|ing)?`, "response, respond, or result"},
	{`tells?|told|telling`, "report, return, log, publish, or notify"},
	{`hears?|heard`, "receive"},
	{`behind`, "after; of what serves requests, in front of or by"},
	{`bury|buries|buried|burying`, "tombstone, hide, or dead-letter"},
	{`mend(s|ed|ing)?`, "fix, or repair"},
	{`remed(y|ies)`, "recovery"},
	{`symptoms?`, "error, or cause"},
	{`sought`, "requested"},
	{`nonsense`, "malformed"},
	{`retold`, "replayed"},
	{`settled?|settles|settling`, "resolve, acknowledge, or grace period"},
}

// replacedNames come back in no name of a declaration or file; in sentences they are English.
var replacedNames = []replacedTerm{
	{`^it$`, "a letter of the type, such as i, or itm"},
	{`^over$`, "base, ifMatch, cancel, or exceeded"},
	{`held|hold`, "candidates, in flight, buffered, or stored"},
	{`spare`, "reserve"},
	{`^pause$`, "backoff"},
	{`wanted`, "requested, or want"},
	{`presences?|^coverage$`, "existsResponse, shardStatus"},
	{`^(consume|admit|proves|letters)$`, "ProcessBatch, startSession, verifyPasswordClaim, deadLetters"},
	{`last deletion|deleted version`, "lastDeleted"},
	{`teeth|truth|town|market|shelf|office`, "negative cases, expected state, generator, corpus, linearIndex, or fakePorts"},
	{`knowing|placing|forging|settling|raising`, "what the file is about: get, create, update, delete, list, race"},
	{`joined tag|joined conditions|watch clock|clock lag|read known`, "CompositeETag, ConditionsOnComposite, WarnClockSkew, ClockSkew, IfNoneMatch"},
}

// allowedTerms are files, or folders, in which replaced terms stay, with the reason.
var allowedTerms = map[string]string{
	"testdata/peers/": "a module of its own: it has the words of the stacks that it compares",
}

// unfinished are folders in which replaced terms are still being replaced.
var unfinished = []string{"adapters", "domain", "functions/items", "functions/local", "functions/ops", "functions/pretraffic", "functions/republish",
	"functions/simulation", "functions/users", "testdata/events", "testdata/golden"}

// TestWords: terms that were replaced by standard ones do not come back.
func TestWords(t *testing.T) {
	t.Parallel()
	d := loadDocuments(t)
	for _, name := range slices.Sorted(maps.Keys(d.files)) {
		in := func(folder string) bool { return strings.HasPrefix(name, folder) }
		if slices.ContainsFunc(slices.Concat(unfinished, slices.Collect(maps.Keys(allowedTerms))), in) {
			continue
		}
		for _, found := range replacedIn(t, d, name) {
			t.Errorf("%s:%d: %s: write %s; or add the file to allowedTerms in functions/words_test.go, with the reason", name, found.line, found.text, found.write)
		}
	}
}

// A foundTerm is a replaced term in a file.
type foundTerm struct {
	line        int
	text, write string
}

// replacedIn returns the replaced terms of a file: in its name, and in the text of a page or of Go code without tests.
func replacedIn(t *testing.T, d *documents, name string) (found []foundTerm) {
	t.Helper()
	look := func(line int, text, shown string, terms ...replacedTerm) {
		for _, term := range terms {
			for _, m := range regexp.MustCompile(`(?i)\b(?:`+term.old+`)\b`).FindAllString(text, -1) {
				found = append(found, foundTerm{line, fmt.Sprintf(shown, m), term.write})
			}
		}
	}
	everywhere := slices.Concat(replacedTerms, replacedNames)
	look(1, strings.NewReplacer("_", " ", ".", " ").Replace(path.Base(name)), "%q in the file's name", everywhere...)
	if p, ok := d.pages[name]; ok {
		for i, line := range strings.Split(p.prose, "\n") {
			look(i+1, line, "%q", replacedTerms...)
		}
	}
	if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
		return found
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, filepath.Join(samtest.Root(t), name), nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			for i, line := range strings.Split(c.Text, "\n") {
				look(files.Position(c.Pos()).Line+i, line, "%q in a comment", replacedTerms...)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		for _, id := range declaredBy(n) {
			look(files.Position(id.Pos()).Line, wordsOf(id.Name), "%q in the name "+id.Name, everywhere...)
		}
		return true
	})
	return found
}

// declaredBy returns the identifiers that a node declares.
func declaredBy(n ast.Node) (names []*ast.Ident) {
	var left []ast.Expr
	switch n := n.(type) {
	case *ast.FuncDecl:
		names = []*ast.Ident{n.Name}
	case *ast.TypeSpec:
		names = []*ast.Ident{n.Name}
	case *ast.ValueSpec:
		names = n.Names
	case *ast.Field:
		names = n.Names
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE {
			left = n.Lhs
		}
	case *ast.RangeStmt:
		left = []ast.Expr{n.Key, n.Value}
	}
	for _, e := range left {
		if id, ok := e.(*ast.Ident); ok {
			names = append(names, id)
		}
	}
	return names
}

var wordStart = regexp.MustCompile(`([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])`)

// wordsOf is a name in mixed caps, as words.
func wordsOf(name string) string { return wordStart.ReplaceAllString(name, "$1$3 $2$4") }
