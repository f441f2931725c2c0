package functions_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// callGraph is what each function and variable of the module's deployed packages mentions. A function that is mentioned
// counts as called, and a method of an interface as each method of a type that implements it: so the calls of a function
// are at least those that it can make.
type callGraph struct {
	files    *token.FileSet
	packages map[string]*types.Package // of the module, by their paths from its root
	mentions map[types.Object][]use
	exports  types.Importer // of other modules
	problems []string
}

// use is an object that another one mentions.
type use struct {
	object types.Object
	at     token.Pos
}

// Import implements types.Importer.
func (g *callGraph) Import(name string) (*types.Package, error) {
	if own, ok := g.packages[strings.TrimPrefix(name, module+"/")]; ok {
		return own, nil
	}
	return g.exports.Import(name)
}

// exportedBy returns the importer of packages that go list has compiled.
func exportedBy(files *token.FileSet, pkgs []pkg) types.Importer {
	exports := map[string]string{}
	for _, p := range pkgs {
		exports[p.ImportPath] = p.Export
	}
	return importer.ForCompiler(files, "gc", func(name string) (io.ReadCloser, error) { return os.Open(exports[name]) })
}

// loadCalls reads the deployed packages, with sources in place of those on disk.
func loadCalls(t *testing.T, pkgs []pkg, sources map[string]string) *callGraph {
	t.Helper()
	g := &callGraph{files: token.NewFileSet(), packages: map[string]*types.Package{}, mentions: map[types.Object][]use{}}
	g.exports = exportedBy(g.files, pkgs)
	for _, p := range pkgs { // dependencies first
		if slices.Contains([]string{"domain", "adapters", "functions"}, layer(p.ImportPath)) && !p.Standard {
			g.add(p, sources)
		}
	}
	return g
}

func (g *callGraph) add(p pkg, sources map[string]string) {
	var parsed []*ast.File
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(g.files, path.Join(p.ImportPath, name), sources[path.Join(p.ImportPath, name)], parser.SkipObjectResolution)
		if err != nil {
			g.problems = append(g.problems, err.Error())
			continue
		}
		parsed = append(parsed, file)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: g, Error: func(err error) { g.problems = append(g.problems, err.Error()) }}
	g.packages[p.ImportPath], _ = config.Check(module+"/"+p.ImportPath, g.files, parsed, info) // errors are in problems
	for _, file := range parsed {
		for _, d := range file.Decls {
			g.note(d, info)
		}
	}
}

// note notes what a declaration mentions.
func (g *callGraph) note(d ast.Decl, info *types.Info) {
	mentioned := func(n ast.Node) (found []use) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && info.Uses[id] != nil {
				found = append(found, use{origin(info.Uses[id]), id.Pos()})
			}
			return true
		})
		return found
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		g.mentions[info.Defs[d.Name]] = mentioned(d)
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if s, ok := s.(*ast.ValueSpec); ok {
				for _, name := range s.Names {
					g.mentions[info.Defs[name]] = mentioned(s)
				}
			}
		}
	}
}

// origin is the generic function of an instance.
func origin(o types.Object) types.Object {
	if f, ok := o.(*types.Func); ok {
		return f.Origin()
	}
	return o
}

// implementations are the methods of the module's types that a method of an interface may be, in what a package imports.
func (g *callGraph) implementations(method *types.Func, in map[*types.Package]bool) (found []types.Object) {
	if method.Signature().Recv() == nil || !types.IsInterface(method.Signature().Recv().Type()) {
		return nil
	}
	port, _ := method.Signature().Recv().Type().Underlying().(*types.Interface)
	for p := range in {
		for _, name := range p.Scope().Names() {
			declared, ok := p.Scope().Lookup(name).(*types.TypeName)
			if !ok || types.IsInterface(declared.Type()) || port == nil || !types.Implements(types.NewPointer(declared.Type()), port) {
				continue
			}
			own, _, _ := types.LookupFieldOrMethod(types.NewPointer(declared.Type()), true, p, method.Name())
			if own != nil {
				found = append(found, origin(own))
			}
		}
	}
	return found
}

// imported are a package and those of the module that it imports, and so on.
func (g *callGraph) imported(p *types.Package, all map[*types.Package]bool) map[*types.Package]bool {
	if p != nil && !all[p] && g.packages[strings.TrimPrefix(p.Path(), module+"/")] == p {
		all[p] = true
		for _, other := range p.Imports() {
			g.imported(other, all)
		}
	}
	return all
}

// calls are the requests to AWS that a package's main can lead to, each with the place where it is made.
func (g *callGraph) calls(main string) map[string]string {
	found, seen := map[string]string{}, map[types.Object]bool{}
	p := g.packages[main]
	if p == nil || p.Scope().Lookup("main") == nil {
		return found
	}
	in := g.imported(p, map[*types.Package]bool{})
	for next := []types.Object{p.Scope().Lookup("main")}; len(next) > 0; next = next[1:] {
		for _, m := range g.mentions[next[0]] {
			if request := requestOf(m.object); request != "" && found[request] == "" {
				at := g.files.Position(m.at)
				found[request] = fmt.Sprintf("%s:%d", at.Filename, at.Line)
			}
			candidates := []types.Object{m.object}
			if f, ok := m.object.(*types.Func); ok && !seen[f] {
				candidates = append(candidates, g.implementations(f, in)...)
			}
			for _, o := range candidates {
				if !seen[o] {
					seen[o] = true
					next = append(next, o)
				}
			}
		}
	}
	return found
}

// requestOf is what an object of a client sends: dynamodb:GetItem for a method of the AWS SDK or of an interface that a
// client has, es:SearchRequest for a request to OpenSearch.
func requestOf(o types.Object) string {
	const sdk, search = "github.com/aws/aws-sdk-go-v2/service/", "/opensearchapi"
	if o.Pkg() != nil && strings.HasSuffix(o.Pkg().Path(), search) && strings.HasSuffix(o.Name(), "Request") && o.Name() != "Request" {
		return "es:" + o.Name()
	}
	f, ok := o.(*types.Func)
	if !ok || f.Signature().Recv() == nil || f.Signature().Params().Len() < 2 {
		return ""
	}
	pointer, _ := f.Signature().Params().At(1).Type().(*types.Pointer)
	if pointer == nil {
		return ""
	}
	input, _ := pointer.Elem().(*types.Named)
	if input == nil || input.Obj().Pkg() == nil {
		return ""
	}
	service, isSDK := strings.CutPrefix(input.Obj().Pkg().Path(), sdk)
	operation, isInput := strings.CutSuffix(input.Obj().Name(), "Input")
	if !isSDK || !isInput {
		return ""
	}
	return service + ":" + operation
}
