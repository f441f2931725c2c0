package functions_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	portType  = regexp.MustCompile(`(?m)^type ([A-Z]\w*) interface \{`)
	suiteFunc = regexp.MustCompile(`(?m)^func (Run\w*)\(t \*testing\.T, `)
)

// matches are the first groups of a pattern in the files of a folder that are no tests, with their files.
func (tr *tree) matches(folder string, pattern *regexp.Regexp) map[string]string {
	all := map[string]string{}
	for _, name := range tr.in(folder, ".go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range pattern.FindAllStringSubmatch(tr.files[name], -1) {
			all[m[1]] = name
		}
	}
	return all
}

// contexts are the packages of domain values, beside their contract suites.
func (tr *tree) contexts() (names []string) {
	for name := range tr.files {
		parts := strings.Split(name, "/")
		if parts[0] == "domain" && len(parts) == 3 && strings.HasSuffix(name, ".go") {
			names = append(names, parts[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// suites are the ports without a contract suite, and the suites that memory or every other adapter does not run.
func (tr *tree) suites() (found []string) {
	for _, context := range tr.contexts() {
		ports := tr.matches("domain/"+context, portType)
		suite := context + "test"
		runs := tr.matches("domain/"+context+"/"+suite, suiteFunc)
		if len(ports) > 0 && len(runs) == 0 {
			found = append(found, fmt.Sprintf("domain/%s/%s: there is no contract suite for %s: write func Run(t *testing.T, ...)", context, suite, strings.Join(sortedKeys(ports), ", ")))
		}
		for _, run := range sortedKeys(runs) {
			found = append(found, tr.unrun(context, suite, run)...)
		}
		for _, port := range sortedKeys(ports) {
			text := regexp.MustCompile(`\b` + context + `\.` + port + `\b`)
			if !tr.tested("adapters", text) {
				found = append(found, fmt.Sprintf("%s: no adapter has %s.%s: write var _ %[2]s.%[3]s = (*T)(nil) beside the type T of adapters that has it", ports[port], context, port))
			}
		}
	}
	return found
}

// unrun are the kinds of adapters that do not run a function of a suite.
func (tr *tree) unrun(context, suite, run string) (found []string) {
	call := suite + "." + run
	var by []string
	for name := range tr.files {
		if strings.HasPrefix(name, "adapters/") && strings.HasSuffix(name, "_test.go") && tr.inTest(name, suite, run) {
			by = append(by, path.Dir(name))
		}
	}
	for kind, ok := range map[string]bool{
		"adapters/memory":  slices.ContainsFunc(by, inMemory),
		"adapters/PRODUCT": slices.ContainsFunc(by, func(folder string) bool { return !inMemory(folder) }),
	} {
		if !ok {
			found = append(found, fmt.Sprintf("%s: no test runs %s, the contract suite of domain/%s: call it in a test of the adapter with its store", kind, call, context))
		}
	}
	return found
}

func inMemory(folder string) bool { return area(folder) == "adapters/memory" }

// tested reports whether a file of the adapters that is no test has a pattern.
func (tr *tree) tested(folder string, pattern *regexp.Regexp) bool {
	for name, text := range tr.files {
		if strings.HasPrefix(name, folder+"/") && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && pattern.MatchString(text) {
			return true
		}
	}
	return false
}

// inTest reports whether a test of a file calls a function of another package, or a method where qualifier is empty.
func (tr *tree) inTest(name, qualifier, function string) bool {
	return len(tr.callsInTests(name, qualifier, function)) > 0
}

// callsInTests are the calls that the tests, fuzz tests and benchmarks of a file make.
func (tr *tree) callsInTests(name, qualifier, function string) (calls []*ast.CallExpr) {
	if !strings.Contains(tr.files[name], function) {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, tr.files[name], parser.SkipObjectResolution)
	if err != nil {
		return nil // the compiler reports it
	}
	for _, d := range file.Decls {
		test, ok := d.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(test.Name.Name, "Test") && !strings.HasPrefix(test.Name.Name, "Fuzz") {
			continue
		}
		ast.Inspect(test, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if called, ok := call.Fun.(*ast.SelectorExpr); ok && called.Sel.Name == function {
					if of, ok := called.X.(*ast.Ident); ok && (qualifier == "" || of.Name == qualifier) {
						calls = append(calls, call)
					}
				}
			}
			return true
		})
	}
	return calls
}

// triggered reports whether a request, a mapping or a rule invokes a function.
func (tr *tree) triggered(f function) bool {
	for _, p := range tr.all.of("AWS::Events::Rule") {
		if slices.Contains(references(p["Targets"]), f.name) {
			return true
		}
	}
	return len(tr.mappingNeeds(f)) > 0 || strings.Contains(fmt.Sprint(f.properties["Events"]), "Type:Api")
}

// fixtures are functions without events, events without goldens, goldens without events, and events that no test replays.
func (tr *tree) fixtures() (found []string) {
	known := map[string]bool{}
	for _, f := range tr.functions() {
		known[f.folder] = true
		events := tr.in("testdata/events/"+f.folder, ".json")
		switch {
		case len(events) == 0 && tr.triggered(f):
			found = append(found, fmt.Sprintf("testdata/events/%s: there is no event of %s: add one of each kind", f.folder, f.name))
		case len(events) > 0 && !tr.replayed(f.folder):
			found = append(found, fmt.Sprintf("functions/%s/%[1]s_test.go: no test replays testdata/events/%[1]s: write TestGoldens, with apigatewaytest.Cases(t, root, %[1]q) "+
				"and Check or CheckResult of each", f.folder))
		}
	}
	for name := range tr.files {
		kind, rest, _ := strings.Cut(strings.TrimPrefix(name, "testdata/"), "/")
		other := map[string]string{"events": "golden", "golden": "events"}[kind]
		if other == "" || !strings.HasPrefix(name, "testdata/") {
			continue
		}
		if folder := path.Dir(rest); !known[folder] {
			found = append(found, fmt.Sprintf("%s: template.yaml has no function of the folder %s: correct its name, or delete it", path.Dir(name), folder))
		} else if _, ok := tr.files["testdata/"+other+"/"+rest]; !ok {
			found = append(found, fmt.Sprintf("%s: there is no testdata/%s/%s: %s", name, other, rest, map[string]string{
				"golden": "write it with: go test ./functions/" + folder + " -run TestGoldens -update", "events": "add the event, or delete the golden"}[other]))
		}
	}
	return found
}

// replayed reports whether a test compares each event of a folder with its golden. Tests under SAM are skipped without it.
func (tr *tree) replayed(folder string) bool {
	for _, name := range tr.in("functions/"+folder, "_test.go") {
		if path.Base(name) == "sam_test.go" {
			continue
		}
		for _, call := range tr.callsInTests(name, "apigatewaytest", "Cases") {
			of, _ := literal(call.Args[len(call.Args)-1])
			if of == folder && (tr.inTest(name, "", "Check") || tr.inTest(name, "", "CheckResult")) {
				return true
			}
		}
	}
	return false
}
