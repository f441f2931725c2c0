package functions_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/samtest"
)

// source is what a function's code says of its bodies, responses and query strings.
type source struct {
	members map[string][]string        // of bodies, by type
	views   map[string]map[string]bool // members of responses by type, and whether they are always there
	queries map[string][]string        // parameters, by the function that reads them
	unread  *[]string                  // what is not in the form that is read
}

func readSource(t testing.TB, function string) source {
	t.Helper()
	s := source{members: map[string][]string{}, views: map[string]map[string]bool{}, queries: map[string][]string{}, unread: new([]string)}
	files, err := filepath.Glob(filepath.Join(samtest.Root(t), "functions", function, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no source of %s: %v", function, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				s.readFunc(decl)
			case *ast.GenDecl:
				s.readTypes(decl)
			}
		}
	}
	return s
}

// readFunc finds the calls apigateway.NewField("name", ...) and apigateway.ParseQuery(req, "name", ...).
func (s source) readFunc(f *ast.FuncDecl) {
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		callee, _ := call.Fun.(*ast.SelectorExpr)
		switch {
		case callee == nil:
		case callee.Sel.Name == "NewField":
			receiver := receiverOf(f)
			s.members[receiver] = append(s.members[receiver], s.literals(f, call.Args[:1])...)
		case callee.Sel.Name == "ParseQuery":
			s.queries[f.Name.Name] = s.literals(f, call.Args[1:])
		}
		return true
	})
}

// receiverOf is the name of a method's receiver type; of a function its own.
func receiverOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	of := f.Recv.List[0].Type
	if pointer, is := of.(*ast.StarExpr); is {
		of = pointer.X
	}
	return types.ExprString(of)
}

// literals are the texts of arguments. The names of members and parameters have to be literals, to be read here.
func (s source) literals(f *ast.FuncDecl, args []ast.Expr) (texts []string) {
	for _, arg := range args {
		literal, _ := arg.(*ast.BasicLit)
		if literal == nil || literal.Kind != token.STRING {
			*s.unread = append(*s.unread, f.Name.Name+": "+types.ExprString(arg)+" is not a literal: write the name of the member or parameter itself")
			continue
		}
		text, _ := strconv.Unquote(literal.Value) // the file has been parsed
		texts = append(texts, text)
	}
	return texts
}

// readTypes finds structs with json tags.
func (s source) readTypes(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		ts, _ := spec.(*ast.TypeSpec)
		if ts == nil {
			continue
		}
		st, _ := ts.Type.(*ast.StructType)
		if st == nil {
			continue
		}
		fields := map[string]bool{}
		for _, f := range st.Fields.List {
			if f.Tag == nil {
				continue
			}
			name, options, _ := strings.Cut(reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json"), ",")
			fields[name] = options != "omitempty"
		}
		s.views[ts.Name.Name] = fields
	}
}

// TestContractMembers: the contract and the code have the same members of bodies and of responses, and the
// same parameters of query strings.
func TestContractMembers(t *testing.T) {
	t.Parallel()
	d := contract(t)
	known := map[string]schemaNames{
		"users": {
			bodies:  map[string]string{"profileBody": "ProfileDraft", "patchBody": "ProfilePatch"},
			views:   map[string]string{"profileView": "Profile", "publicView": "User", "pageView": "UserPage"},
			queries: map[string]string{"parseListing": "GET /users"},
		},
		"items": {
			bodies: map[string]string{"itemBody": "ItemDraft", "patchBody": "ItemPatch"},
			views: map[string]string{"itemView": "Item", "ownerView": "Owner", "foundView": "Found", "totalView": "Total",
				"facetsView": "Facets", "facetView": "Facet"},
			queries: map[string]string{"parseSearch": "GET /items"},
		},
	}
	for function := range services() {
		names, ok := known[function]
		if !ok {
			t.Errorf("say in this test which schemas of openapi.yaml the bodies, views and queries of functions/%s are", function)
			continue
		}
		d.compareSource(t, function, names)
	}
}

// schemaNames are the schemas of a function's bodies and views, and the operations of its query strings, by what the
// code calls them.
type schemaNames struct{ bodies, views, queries map[string]string }

// compareSource compares the source of a function with the contract.
func (d document) compareSource(t *testing.T, function string, names schemaNames) {
	t.Helper()
	s := readSource(t, function)
	for _, unread := range *s.unread {
		t.Errorf("functions/%s: %s", function, unread)
	}
	for code, schema := range names.bodies {
		want := slices.Sorted(slices.Values(s.members[code]))
		compare(t, schema, want, slices.Sorted(maps.Keys(d.properties(schema))))
		if d.at("#/components/schemas/" + schema)["additionalProperties"] != false {
			t.Errorf("%s: the code refuses what it does not know", schema)
		}
	}
	for code, schema := range names.views {
		compare(t, schema, s.views[code], d.properties(schema))
	}
	operations := d.operations()
	for code, name := range names.queries {
		var got []string
		for _, p := range operations[name].parameters {
			if p["in"] == "query" {
				got = append(got, textIn(p["name"]))
			}
		}
		compare(t, name, slices.Sorted(slices.Values(s.queries[code])), slices.Sorted(slices.Values(got)))
	}
	if len(s.members) != len(names.bodies) || len(s.queries) != len(names.queries) {
		t.Errorf("%s has other bodies or query strings than are compared: %v, %v", function, s.members, s.queries)
	}
}

func compare(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs (-code +contract):\n%s", what, diff)
	}
}

// properties are the members of a schema, and whether each is required.
func (d document) properties(schema string) map[string]bool {
	s := d.at("#/components/schemas/" + schema)
	all := map[string]bool{}
	for name := range objectIn(s["properties"]) {
		all[name] = slices.Contains(listIn(s["required"]), any(name))
	}
	return all
}
