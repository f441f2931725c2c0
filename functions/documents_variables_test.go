package functions_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"rental.example/adapters/lambdaenv"
	"rental.example/adapters/samtest"
)

// variablesOf are the environment variables of the system: who uses each. A function uses what its bootstrap reads and
// what template.yaml sets for it, the local runner what it reads.
func variablesOf(t *testing.T, template samtest.Template) map[string]map[string]bool {
	t.Helper()
	used := map[string]map[string]bool{}
	note := func(name, user string) {
		if used[name] == nil {
			used[name] = map[string]bool{}
		}
		used[name][user] = true
	}
	read := func(folder, user string) {
		names := readBy(t, folder)
		if len(names) == 0 {
			t.Errorf("%s reads no variable of a lambdaenv.Env named env", folder)
		}
		for _, name := range names {
			if name != unusedEndpoint {
				note(name, user)
			}
		}
	}
	read("functions/local", "local")
	global, _ := samtest.Lookup(template.Globals, "Function", "Environment", "Variables").(map[string]any)
	for name, f := range of(template, "AWS::Serverless::Function") {
		user := strings.ToLower(strings.TrimSuffix(name, "Function"))
		read("functions/"+user+"/bootstrap", user)
		own, _ := samtest.Lookup(f.Properties, "Environment", "Variables").(map[string]any)
		for _, set := range []map[string]any{global, own} {
			for variable := range set {
				note(variable, user)
			}
		}
	}
	return used
}

// unusedEndpoint is read with the others by Env.AWS, and used by nothing: the client of OpenSearch has its endpoint from
// OPEN_SEARCH_END_POINT.
const unusedEndpoint = "AWS_ENDPOINT_URL_ES"

// readBy are the variables that the code of a folder reads: each call of a method of env in it is made again, with the
// same names, on an Env that notes what it is asked for.
func readBy(t *testing.T, folder string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(samtest.Root(t), filepath.FromSlash(folder), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	env := reflect.ValueOf(lambdaenv.New(func(name string) string {
		names = append(names, name)
		return ""
	}))
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				repeat(env, call)
			}
			return true
		})
	}
	return names
}

// repeat calls the method of env that call calls. Arguments that are no literals, such as fallbacks, are zero.
func repeat(env reflect.Value, call *ast.CallExpr) {
	called, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	receiver, ok := called.X.(*ast.Ident)
	method := env.MethodByName(called.Sel.Name)
	if !ok || receiver.Name != "env" || !method.IsValid() || method.Type().NumIn() != len(call.Args) {
		return
	}
	args := make([]reflect.Value, len(call.Args))
	for i := range args {
		args[i] = reflect.Zero(method.Type().In(i))
		if text, ok := literal(call.Args[i]); ok && args[i].Kind() == reflect.String {
			args[i] = reflect.ValueOf(text)
		}
	}
	method.Call(args)
}
