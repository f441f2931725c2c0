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
)

// terms are what to write instead of replaced terms, by patterns of whole words. A name is looked at word by word:
// LostAnswer as "lost answer".
type terms map[string]string

// replacedTerms come back neither in names, nor in comments, nor in pages.
var replacedTerms = terms{
	`answer(s|ed|ing)?`:          "response, respond, or result",
	`tells?|told|telling`:        "report, return, log, publish, or notify",
	`hears?|heard`:               "receive",
	`behind`:                     "after; of what serves requests, in front of or by",
	`bury|buries|buried|burying`: "tombstone, hide, or dead-letter",
	`mend(s|ed|ing)?`:            "fix, or repair",
	`remed(y|ies)`:               "recovery",
	`symptoms?`:                  "error, or cause",
	`sought`:                     "requested",
	`nonsense`:                   "malformed",
	`retold`:                     "replayed",
	`settled?|settles|settling`:  "resolve, acknowledge, or grace period",
}

// replacedNames come back in no name of a declaration or file; in sentences they are English.
var replacedNames = terms{
	`^it$`:                                 "a letter of the type, such as i, or itm",
	`^over$`:                               "base, ifMatch, cancel, or exceeded",
	`held|hold`:                            "candidates, in flight, buffered, or stored",
	`spare`:                                "reserve",
	`^pause$`:                              "backoff",
	`wanted`:                               "requested, or want",
	`presences?|^coverage$`:                "existsResponse, shardStatus",
	`^(admit|proves|letters)$`:             "startSession, verifyPasswordClaim, deadLetters",
	`last deletion|deleted version`:        "lastDeleted",
	`teeth|truth|town|market|shelf|office`: "negative cases, expected state, generator, corpus, linearIndex, or fakePorts",
	`knowing|placing|forging|settling|raising`:                      "what the file is about: get, create, update, delete, list, race",
	`joined tag|joined conditions|watch clock|clock lag|read known`: "CompositeETag, ConditionsOnComposite, LogSkew, ClockSkew, IfNoneMatch",
}

// allowedTerms are files, or folders, in which replaced terms stay, with the reason.
var allowedTerms = map[string]string{
	"testdata/peers/": "a module of its own: it has the words of the stacks that it compares",
}

// find returns a sentence for each replaced term in a text. at is where it is, such as "in a comment".
func (list terms) find(all *regexp.Regexp, text, at string) (found []string) {
	for _, match := range all.FindAllString(text, -1) {
		for old, write := range list {
			if wholeWords(old).MatchString(match) {
				found = append(found, fmt.Sprintf("%q %s: write %s; or add the file to allowedTerms in functions/words_test.go, with the reason", match, at, write))
			}
		}
	}
	return found
}

func wholeWords(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:` + pattern + `)\b`)
}

func (list terms) pattern() *regexp.Regexp {
	return wholeWords(strings.Join(slices.Collect(maps.Keys(list)), "|"))
}

// TestWords: terms that were replaced by standard ones do not come back.
func TestWords(t *testing.T) {
	t.Parallel()
	d := loadDocuments(t)
	inText, inNames := replacedTerms.pattern(), replacedNames.pattern()
	for _, name := range slices.Sorted(maps.Keys(d.files)) {
		allowed := func(folder string) bool { return strings.HasPrefix(name, folder) }
		if slices.ContainsFunc(slices.Collect(maps.Keys(allowedTerms)), allowed) {
			continue
		}
		report := func(line int, found []string) {
			for _, sentence := range found {
				t.Errorf("%s:%d: %s", name, line, sentence)
			}
		}
		identifier := func(line int, text, at string) {
			report(line, slices.Concat(replacedTerms.find(inText, text, at), replacedNames.find(inNames, text, at)))
		}
		text := func(line int, text, at string) { report(line, replacedTerms.find(inText, text, at)) }
		identifier(1, strings.NewReplacer("_", " ", ".", " ").Replace(path.Base(name)), "in the name of the file")
		for i, line := range strings.Split(d.pages[name].prose, "\n") {
			text(i+1, line, "in the page")
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			readNames(t, filepath.Join(d.root, name), identifier, text)
		}
	}
}

// readNames calls identifier for each declaration of a Go file, with its words, and text for each line of a comment.
func readNames(t *testing.T, name string, identifier, text func(line int, text, at string)) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			for i, line := range strings.Split(c.Text, "\n") {
				text(files.Position(c.Pos()).Line+i, line, "in a comment")
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		for _, id := range declaredBy(n) {
			identifier(files.Position(id.Pos()).Line, wordsOf(id.Name), "in "+id.Name)
		}
		return true
	})
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
