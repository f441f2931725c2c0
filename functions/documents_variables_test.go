package functions_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
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

// readBy are the variables that the code of a folder reads: each of its startCalls is repeated on an Env that records
// the names.
func readBy(t *testing.T, folder string) (names []string) {
	t.Helper()
	files := map[string]string{}
	for _, in := range []string{folder, ofAllMains} {
		found, err := filepath.Glob(filepath.Join(samtest.Root(t), filepath.FromSlash(in), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			name = in + "/" + filepath.Base(name)
			files[name] = samtest.ReadFile(t, name)
		}
	}
	env := reflect.ValueOf(lambdaenv.New(func(name string) string {
		names = append(names, name)
		return ""
	}))
	for _, c := range startCalls(files, folder) {
		repeat(env, c.call)
	}
	return names
}

// ofAllMains is the folder of what all mains call.
const ofAllMains = "functions/bootstrap"

// startCall is a call that a function makes when it starts.
type startCall struct {
	at   string // file:line
	call *ast.CallExpr
}

// startCalls returns the calls in a folder and, for the bootstrap of a function, those in the functions of ofAllMains that
// they call. The compiler reports files that cannot be parsed.
func startCalls(files map[string]string, folder string) (all []startCall) {
	positions, bodies := token.NewFileSet(), map[string]ast.Node{}
	var walk func(ast.Node)
	walk = func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			at := positions.Position(call.Pos())
			all = append(all, startCall{fmt.Sprintf("%s:%d", at.Filename, at.Line), call})
			name := fmt.Sprint(call.Fun)
			if called, ok := call.Fun.(*ast.SelectorExpr); ok {
				name = called.Sel.Name
			}
			if body := bodies[name]; body != nil && path.Base(folder) == "bootstrap" {
				delete(bodies, name)
				walk(body)
			}
			return true
		})
	}
	var own []ast.Node
	for _, name := range sortedKeys(files) {
		if strings.HasSuffix(name, "_test.go") || !strings.HasSuffix(name, ".go") || path.Dir(name) != folder && path.Dir(name) != ofAllMains {
			continue
		}
		file, err := parser.ParseFile(positions, name, files[name], parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		if path.Dir(name) == folder {
			own = append(own, file)
			continue
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				bodies[f.Name.Name] = f
			}
		}
	}
	for _, n := range own {
		walk(n)
	}
	return all
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
