package functions_test

import (
	"fmt"
	"path"
	"strings"
)

// suiteCall is a call that a test of a function must make.
type suiteCall struct {
	qualifier, function string
	in                  string // a folder below that of the function
	needed              func(tr *tree, f function) bool
	write               string
}

func always(*tree, function) bool { return true }

func ofEvents(tr *tree, f function) bool { return tr.triggered(f) }

func ofAPI(_ *tree, f function) bool {
	return strings.Contains(fmt.Sprint(f.properties["Events"]), "Type:Api")
}

func ofPages(tr *tree, f function) bool {
	for _, name := range tr.in("functions/"+f.folder, ".go") {
		if !strings.HasSuffix(name, "_test.go") && strings.Contains(tr.files[name], `"cursor"`) {
			return true
		}
	}
	return false
}

// suiteCalls are the shared tests, and the functions that need them.
var suiteCalls = []suiteCall{
	{"lambdatest", "CheckVariables", "/bootstrap", always, "TestVariables, of starts without variables"},
	{"", "CheckNoSecrets", "", ofEvents, "c.CheckNoSecrets(t, output) into TestGoldens"},
	{"samtest", "Invoke", "", func(tr *tree, f function) bool { return ofAPI(tr, f) }, "TestUnderSAM, in sam_test.go"},
	{"apigatewaytest", "CheckLogLines", "", ofAPI, "apigatewaytest.CheckLogLines(t, service, output) into TestGoldens"},
	{"apigatewaytest", "Fuzz", "", ofAPI, "FuzzHandler, in fuzz_test.go"},
	{"apigatewaytest", "ZeroFields", "", ofAPI, "TestFieldsAreCopied, in wire_test.go"},
	{"apigatewaytest", "FuzzCursor", "", ofPages, "FuzzCursor, in cursor_test.go"},
}

// tests are the shared tests that a function lacks, and packages without any.
func (tr *tree) tests() (found []string) {
	for _, f := range tr.functions() {
		for _, s := range suiteCalls {
			folder, called := "functions/"+f.folder+s.in, false
			for _, name := range tr.in(folder, "_test.go") {
				called = called || tr.inTest(name, s.qualifier, s.function)
			}
			if !called && s.needed(tr, f) {
				found = append(found, fmt.Sprintf("%s: no test of %s calls %s: write %s", folder, f.name, s.function, s.write))
			}
		}
	}
	for folder := range tr.packages() {
		if len(tr.in(folder, "_test.go")) == 0 {
			found = append(found, fmt.Sprintf("%s: there is no test of the package: write %s_test.go", folder, path.Base(folder)))
		}
	}
	return found
}

// packages are the folders of code, but for those that only tests import.
func (tr *tree) packages() map[string]bool {
	all := map[string]bool{}
	for name := range tr.files {
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !forTests(path.Dir(name)) {
			all[path.Dir(name)] = true
		}
	}
	return all
}
