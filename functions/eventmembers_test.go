package functions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/samtest"
)

// The decoder of adapters/apigateway leaves out what nobody reads, so code that reads more would find it absent.
// What the decoder fills is asked of the decoder itself.

// eventTypes are the types of a request, with those inside of it.
const eventTypes = "github.com/aws/aws-lambda-go/events.APIGateway"

// perName are the members of which the decoder keeps some names, with the functions that read them. Whoever
// calls one of those has to name a constant, so that it can be seen whether that is among them.
var perName = map[string][]string{
	"Headers": {"headerLines"}, "MultiValueHeaders": {"headerLines"}, "Authorizer": {"claim"},
}

func TestEventMembers(t *testing.T) {
	t.Parallel()
	check := newEventCheck(t)
	for _, p := range list(t, "./functions/...", "./adapters/...") {
		if len(p.GoFiles) > 0 && !forTests(p.ImportPath) {
			check.pkg(t, p.ImportPath, sources(t, p))
		}
	}
	for _, problem := range check.problems {
		t.Error(problem)
	}
	if check.named < 8 || check.members < 10 {
		t.Errorf("only %d names and %d members are read; the check sees too little", check.named, check.members)
	}
}

// TestEventMembersTeeth: code that reads what is not filled is found.
func TestEventMembersTeeth(t *testing.T) {
	t.Parallel()
	check := newEventCheck(t)
	for read, found := range map[string]bool{
		`req.Body`: false, `req.PathParameters["id"]`: false, `req.RequestContext.RequestID`: false, `headerLines(req, "if-MATCH")`: false,
		`claim(req, "sub")`: false, `outer(req, "If-Match")`: false,
		`req.Path`: false, `req.Resource`: false, `req.StageVariables`: true, `req.RequestContext.Stage`: true, `req.RequestContext.Identity.SourceIP`: true,
		`req.Headers["If-Match"]`: true, `req.RequestContext.Authorizer`: true, `headerLines(req, "Via")`: true, `claim(req, "iss")`: true,
		`outer(req, "Via")`: true, `headerLines(req, req.Body)`: true, `headerLines`: true, `(&req).StageVariables`: true,
	} {
		source := `package apigateway
			import "github.com/aws/aws-lambda-go/events"
			type request = events.APIGatewayProxyRequest
			func headerLines(req request, name string) string { return req.Headers[name] + req.MultiValueHeaders[name][0] }
			func outer(req request, name string) string { return headerLines(req, name) }
			func claim(req request, name string) any { return req.RequestContext.Authorizer[name] }
			func read(req request) any { return ` + read + ` }`
		check.problems = nil
		check.pkg(t, "adapters/apigateway", map[string]string{"read.go": source})
		if got := len(check.problems) > 0; got != found {
			t.Errorf("%s: found %v", read, check.problems)
		}
	}
}

// eventCheck checks packages one after the other.
type eventCheck struct {
	fset           *token.FileSet
	importer       types.Importer
	problems       []string
	named, members int // how much was looked at
}

func newEventCheck(t *testing.T) *eventCheck {
	t.Helper()
	exports := exportData(t)
	fset := token.NewFileSet()
	return &eventCheck{fset: fset, importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})}
}

// exportData are the files in which the compiler has left the types of each package.
func exportData(t *testing.T) map[string]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export", "./functions/...", "./adapters/...")
	cmd.Dir = samtest.Root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list -export: %v", describe(err))
	}
	exports := make(map[string]string)
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return exports
		}
		if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
	}
}

func sources(t *testing.T, p pkg) map[string]string {
	t.Helper()
	files := make(map[string]string)
	for _, name := range p.GoFiles {
		source, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(source)
	}
	return files
}

// pkg checks what one package reads.
func (c *eventCheck) pkg(t *testing.T, path string, sources map[string]string) {
	t.Helper()
	var files []*ast.File
	var decoder *ast.File
	for name, source := range sources {
		file, err := parser.ParseFile(c.fset, name, source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if files = append(files, file); path == "adapters/apigateway" && name == "event.go" {
			decoder = file
		}
	}
	info := &types.Info{Selections: map[*ast.SelectorExpr]*types.Selection{}, Uses: map[*ast.Ident]types.Object{},
		Defs: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	if _, err := (&types.Config{Importer: c.importer}).Check(module+"/"+path, c.fset, files, info); err != nil {
		t.Fatal(err)
	}
	r := reads{eventCheck: c, info: info, inAdapter: path == "adapters/apigateway", naming: map[types.Object]int{}}
	for again := true; again; { // until no function more is known that hands a name on
		known := len(r.naming)
		r.found = nil
		for _, file := range files {
			if file != decoder {
				r.file(file)
			}
		}
		again = len(r.naming) > known
	}
	c.problems = append(c.problems, r.found...)
}

// reads is what one package reads of events.
type reads struct {
	*eventCheck
	info      *types.Info
	inAdapter bool
	naming    map[types.Object]int // functions that take the name of a header or claim, and as which argument
	found     []string
}

func (r *reads) problem(at ast.Node, format string, args ...any) {
	r.found = append(r.found, fmt.Sprintf("%s: ", r.fset.Position(at.Pos()))+fmt.Sprintf(format, args...))
}

func (r *reads) file(file *ast.File) {
	for _, decl := range file.Decls {
		function, _ := decl.(*ast.FuncDecl)
		called := map[*ast.Ident]bool{}
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				r.selector(n, function)
			case *ast.CallExpr:
				if ident, ok := n.Fun.(*ast.Ident); ok {
					called[ident] = true
					r.call(n, ident, function)
				}
			case *ast.Ident:
				if _, naming := r.naming[r.info.Uses[n]]; naming && !called[n] {
					r.problem(n, "%s reads what it is told, and here nobody can see what that is", n.Name)
				}
			}
			return true
		})
	}
}

// selector looks at the member of an event that is read.
func (r *reads) selector(n *ast.SelectorExpr, function *ast.FuncDecl) {
	selection := r.info.Selections[n]
	if selection == nil || selection.Kind() != types.FieldVal {
		return
	}
	t := selection.Recv()
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || !strings.HasPrefix(named.String(), eventTypes) || strings.Contains(named.String(), "Response") {
		return
	}
	r.members++
	readers, byName := perName[n.Sel.Name]
	switch {
	case byName && r.inAdapter && function != nil && slices.Contains(readers, function.Name.Name):
		r.naming[r.info.Defs[function.Name]] = 1
	case byName:
		r.problem(n, "%s is read past %v of adapters/apigateway; of it the decoder keeps some names", n.Sel.Name, readers)
	case !fills(named.Obj().Name(), n.Sel.Name):
		r.problem(n, "%s.%s is read, which the decoder does not fill: see adapters/apigateway/event.go", named.Obj().Name(), n.Sel.Name)
	}
}

// call looks at the name that a function is told to read.
func (r *reads) call(n *ast.CallExpr, ident *ast.Ident, function *ast.FuncDecl) {
	i, naming := r.naming[r.info.Uses[ident]]
	if !naming {
		return
	}
	if value := r.info.Types[n.Args[i]].Value; value != nil {
		r.named++
		if name := constant.StringVal(value); !keeps(name) {
			r.problem(n, "%q is read, which the decoder does not keep: see adapters/apigateway/event.go", name)
		}
		return
	}
	at := 0
	for _, field := range function.Type.Params.List {
		for _, param := range field.Names {
			if arg, ok := n.Args[i].(*ast.Ident); ok && r.info.Uses[arg] == r.info.Defs[param] {
				r.naming[r.info.Defs[function.Name]] = at
				return
			}
			at++
		}
	}
	r.problem(n, "%s is told to read what is no constant", ident.Name)
}

// fills asks the decoder whether it fills a member of a type.
func fills(typ, member string) (filled bool) {
	everything := func(name string) map[string]string { return map[string]string{name: "x"} }
	lists := map[string][]string{"x": {"x"}}
	event, err := json.Marshal(events.APIGatewayProxyRequest{
		Path: "x", HTTPMethod: "GET", Resource: "/", QueryStringParameters: everything("x"), MultiValueQueryStringParameters: lists,
		PathParameters: everything("x"), StageVariables: everything("x"), Body: "x", IsBase64Encoded: true,
		RequestContext: events.APIGatewayProxyRequestContext{
			AccountID: "x", ResourceID: "x", OperationName: "x", Stage: "x", DomainName: "x", DomainPrefix: "x", RequestID: "x",
			ExtendedRequestID: "x", Protocol: "x", ResourcePath: "x", Path: "x", HTTPMethod: "x", RequestTime: "x",
			RequestTimeEpoch: 1, APIID: "x",
		},
	})
	if err != nil {
		panic(err)
	}
	throughDecoder(string(event), func(req events.APIGatewayProxyRequest) {
		for _, v := range []reflect.Value{reflect.ValueOf(req), reflect.ValueOf(req.RequestContext)} {
			if v.Type().Name() == typ {
				filled = !v.FieldByName(member).IsZero()
			}
		}
	})
	return filled
}

// keeps asks the decoder whether it keeps a header or claim.
func keeps(name string) (kept bool) {
	throughDecoder(fmt.Sprintf(`{"httpMethod":"GET","resource":"/","headers":{%[1]q:"x"},"multiValueHeaders":{%[1]q:["x"]},`+
		`"requestContext":{"authorizer":{"claims":{%[1]q:"x"}}}}`, name), func(req events.APIGatewayProxyRequest) {
		claims, _ := req.RequestContext.Authorizer["claims"].(map[string]any)
		kept = len(req.Headers) == 1 && len(req.MultiValueHeaders) == 1 || len(claims) == 1
	})
	return kept
}

type uncounted struct{}

func (uncounted) Request(string, int, time.Duration, bool) {}

// throughDecoder shows what the decoder makes of an event for GET /.
func throughDecoder(event string, show func(events.APIGatewayProxyRequest)) {
	route := apigateway.Route{Method: "GET", Resource: "/", Public: true,
		Handle: func(_ context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
			show(req)
			return events.APIGatewayProxyResponse{StatusCode: 200}, nil
		}}
	router := apigateway.NewRouter([]apigateway.Route{route}, apigateway.Config{
		Logger: slog.New(slog.DiscardHandler), Metrics: uncounted{}, Now: time.Now,
	})
	if _, err := router.Invoke(context.Background(), []byte(event)); err != nil {
		panic(err)
	}
}
