// Package functions_test checks the repository as a whole: imports, documents, template, contract, and what the
// deployed binaries contain.
package functions_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/memory/memoryitems"
	"rental.example/adapters/memory/memoryusers"
	"rental.example/adapters/samtest"
	"rental.example/functions/items"
	"rental.example/functions/users"
)

const module = "rental.example"

// pkg is a package as go list reports it.
type pkg struct {
	ImportPath string
	Dir        string
	Standard   bool
	Export     string // the file of what it exports, with -export

	GoFiles, TestGoFiles, XTestGoFiles []string
	Imports, TestImports, XTestImports []string
}

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	const fields = "-json=ImportPath,Dir,Standard,Export,GoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports"
	cmd := exec.Command("go", append([]string{"list", fields}, args...)...)
	cmd.Dir = samtest.Root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %s: %v", strings.Join(args, " "), describe(err))
	}
	var pkgs []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return pkgs
		}
		if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module+"/")
		pkgs = append(pkgs, p)
	}
}

func describe(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(exit.Stderr)
	}
	return err.Error()
}

// families are the only modules that deployed code may come from, beside the standard library.
var families = regexp.MustCompile(`^github\.com/(aws/aws-lambda-go|aws/aws-sdk-go-v2|opensearch-project/opensearch-go/v2)(/|$)`)

// forTests are packages that only tests import; they alone may import the modules of tests.
func forTests(path string) bool { return strings.HasSuffix(path, "test") }

func TestImports(t *testing.T) {
	t.Parallel()
	pkgs := list(t, "./...")
	divided := map[string]bool{} // products with stores of contexts beneath them
	for _, p := range pkgs {
		if isStores(p.ImportPath) {
			divided[area(p.ImportPath)] = true
		}
	}
	for _, p := range pkgs {
		for _, imported := range p.Imports {
			own, isOwn := strings.CutPrefix(imported, module+"/")
			switch {
			case p.ImportPath == "domain/domaintest" && isOwn && own != "domain":
				t.Errorf("%s imports %s: what the suites share knows the kernel only", p.ImportPath, own)
			case isOwn:
				if why := forbiddenImport(p.ImportPath, own); why != "" {
					t.Errorf("%s imports %s: %s", p.ImportPath, own, why)
				}
			case !strings.Contains(strings.SplitN(imported, "/", 2)[0], "."): // the standard library
			case forTests(p.ImportPath):
			case p.ImportPath == "functions/local/template" && imported == "go.yaml.in/yaml/v3": // deployed nowhere
			case strings.HasPrefix(p.ImportPath, "domain"):
				t.Errorf("%s imports %s: the domain imports the standard library alone", p.ImportPath, imported)
			case !families.MatchString(imported):
				t.Errorf("%s imports %s, which is of none of the allowed families", p.ImportPath, imported)
			}
		}
		if divided[area(p.ImportPath)] && !isStores(p.ImportPath) {
			for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
				if own := strings.TrimPrefix(imported, module+"/"); ofContext(own) {
					t.Errorf("%s or its tests import %s: they must not know what contexts keep there", p.ImportPath, own)
				}
			}
		}
	}
}

// isStores reports whether a package has what one context keeps in a product: adapters/dynamo/dynamousers.
func isStores(path string) bool {
	return layer(path) == "adapters" && path != area(path) && !forTests(path)
}

// ofContext reports whether a package is one of a context: domain/user, domain/user/usertest, adapters/dynamo/dynamousers.
func ofContext(path string) bool {
	return layer(path) == "domain" && path != "domain" && !forTests(area(path)) || isStores(path)
}

// TestForbiddenImports: each rule forbids what it should, and nothing else.
func TestForbiddenImports(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ from, to, why string }{
		{"adapters/dynamo/dynamousers", "domain/user", ""}, {"adapters/dynamo/dynamousers", "domain", ""},
		{"adapters/dynamo/dynamousers", "adapters/dynamo", ""}, {"adapters/dynamo/dynamousers", "adapters/rawjson", ""},
		{"adapters/dynamo/dynamotest", "adapters/samtest", ""}, {"adapters/dynamo", "adapters/httpclient", ""},
		{"adapters/dynamo/dynamousers", "domain/item", "the stores of one context"},
		{"adapters/dynamo/dynamousers", "adapters/memory", "the stores of one context"},
		{"adapters/dynamo/dynamousers", "adapters/memory/memoryusers", "the stores of one context"},
		{"adapters/dynamo/dynamousers", "adapters/dynamo/dynamobookings", "the stores of one context"},
		{"adapters/dynamo/dynamousers", "adapters/dynamo/dynamotest", "for tests"},
		{"adapters/dynamo", "adapters/dynamo/dynamousers", "adapters know the domain only"},
		{"adapters/dynamo", "adapters/memory", "adapters know the domain only"}, {"adapters/snssqs", "domain/user", ""},
		{"domain/user", "domain/item", "the kernel only"}, {"domain/user", "adapters/dynamo", "the kernel only"},
		{"functions/users", "functions/items", "nothing of each other"}, {"functions/users", "adapters/memory/memoryusers", ""},
		{"functions/local", "functions/users", ""}, {"adapters/dynamo", "functions/local", "adapters know the domain only"},
	} {
		if why := forbiddenImport(test.from, test.to); (why == "") != (test.why == "") || !strings.Contains(why, test.why) {
			t.Errorf("%s imports %s: %q, want %q", test.from, test.to, why, test.why)
		}
	}
	for path, want := range map[string]bool{
		"domain/user": true, "domain/user/usertest": true, "adapters/dynamo/dynamousers": true,
		"domain": false, "domain/domaintest": false, "adapters/dynamo": false, "adapters/dynamo/dynamotest": false,
	} {
		if ofContext(path) != want {
			t.Errorf("%s is one of a context: %t", path, !want)
		}
	}
}

// TestRequirements: go.mod asks directly for nothing else, but for what tests and the local runner need.
func TestRequirements(t *testing.T) {
	t.Parallel()
	undeployed := []string{"github.com/google/go-cmp", "go.yaml.in/yaml/v3"}
	for _, m := range regexp.MustCompile(`(?m)^(?:require )?\s*(\S+\.\S+/\S+) v\S+$`).FindAllStringSubmatch(samtest.ReadFile(t, "go.mod"), -1) {
		if path := m[1]; !families.MatchString(path) && !slices.Contains(undeployed, path) {
			t.Errorf("go.mod requires %s", path)
		}
	}
}

// layer and area of "adapters/dynamo" are adapters and adapters/dynamo.
func layer(path string) string { return strings.SplitN(path, "/", 2)[0] }

func area(path string) string {
	parts := strings.SplitN(path, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// shared are the adapters of no product, which all others may import.
var shared = []string{"adapters/httpclient", "adapters/lambdafn", "adapters/rawjson", "adapters/storecalls"}

// forbiddenImport returns why a package must not import another one of the module; empty if it may.
func forbiddenImport(from, to string) string {
	switch {
	case from == to || forTests(from):
	case forTests(to):
		return "which is for tests"
	case to == "domain" || layer(from) == "adapters" && slices.Contains(shared, to): // everybody's
	case isStores(from):
		product, context := area(from), strings.TrimPrefix(to, "domain/")
		if to != product && (context == to || !strings.HasPrefix(path.Base(from), path.Base(product)+context)) {
			return "the stores of one context know it and their product, and the package has the names of both"
		}
	case layer(from) == "adapters":
		if layer(to) != "domain" {
			return "adapters know the domain only"
		}
	case area(from) == area(to):
	case layer(from) == "domain":
		return "a context knows the kernel only"
	case path.Base(from) == "bootstrap" && to == "functions/bootstrap":
	case layer(to) == "functions" && area(from) != "functions/local":
		return "functions know nothing of each other"
	case area(to) == "functions/local":
		return "what stands in for AWS is deployed nowhere"
	}
	return ""
}

// TestPackageComments: every package has one comment, in one of its files; in a test file only if it has no others.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	begin := regexp.MustCompile(`^(Package|Command) \w+ `)
	for _, p := range list(t, "./...") {
		var found []string
		for _, file := range slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles) {
			source, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if source.Doc != nil {
				found = append(found, file)
			}
			if source.Doc != nil && !begin.MatchString(source.Doc.Text()) {
				t.Errorf("%s/%s: the package comment does not begin with Package or Command and the name", p.ImportPath, file)
			}
		}
		if len(found) != 1 || len(p.GoFiles) > 0 && !slices.Contains(p.GoFiles, found[0]) {
			t.Errorf("%s has package comments in %q, want one, and not in a test file", p.ImportPath, found)
		}
	}
}

// services are the functions of the API, by their folders, over empty stores in memory. The tests that compare routes,
// contract and template, and those that send requests at the limits of the contract, start from them.
func services() map[string][]apigateway.Route {
	logger := slog.New(slog.DiscardHandler)
	stored := memoryitems.NewItems()
	config := items.Config{Now: time.Now, Random: func() (b [10]byte) { return b }, Logger: logger}
	return map[string][]apigateway.Route{
		"users": users.New(memoryusers.New(), time.Now, logger).Routes(),
		"items": items.New(stored, stored, memoryitems.NewOwners(), config).Routes(),
	}
}

// TestServices: services has every function that API Gateway invokes.
func TestServices(t *testing.T) {
	t.Parallel()
	for name, f := range of(samtest.LoadTemplate(t), "AWS::Serverless::Function") {
		folder := strings.ToLower(strings.TrimSuffix(name, "Function"))
		if _, listed := services()[folder]; (len(apiEvents(f)) > 0) != listed {
			t.Errorf("%s has routes in template.yaml: %t; services in this file has %s: %t", name, !listed, folder, listed)
		}
	}
}

// routesInCode are the routes of all services, as METHOD /resource.
func routesInCode() []string {
	var all []string
	for _, routes := range services() {
		for _, r := range routes {
			all = append(all, r.String())
		}
	}
	slices.Sort(all)
	return all
}

func TestRoutesOfTemplate(t *testing.T) {
	t.Parallel()
	var got []string
	for name, f := range of(samtest.LoadTemplate(t), "AWS::Serverless::Function") {
		for _, event := range apiEvents(f) {
			method, _ := samtest.Lookup(f.Properties, "Events", event, "Properties", "Method").(string)
			path, _ := samtest.Lookup(f.Properties, "Events", event, "Properties", "Path").(string)
			if method == "" || path == "" {
				t.Errorf("%s: event %s has no method or no path", name, event)
			}
			got = append(got, strings.ToUpper(method)+" "+path)
		}
	}
	want := routesInCode()
	for _, route := range want { // GET is served as HEAD, too
		if path, reads := strings.CutPrefix(route, "GET "); reads {
			want = append(want, "HEAD "+path)
		}
	}
	if diff := diffNames(want, got); diff != "" {
		t.Errorf("routes of template.yaml differ from those of services, in this file (-code +template):\n%s", diff)
	}
}

// diffNames is what differs between two lists of names, whatever their order.
func diffNames(want, got []string) string {
	return cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got)))
}

// TestTopLevel allows what readers expect there, and no more.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	allowed := []string{"functions", "domain", "adapters", "testdata", "template.yaml", "samconfig.toml", "openapi.yaml",
		"go.mod", "go.sum", "README.md", "Makefile", "LICENSE"}
	entries, err := os.ReadDir(samtest.Root(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s is at the top level; move it, or add it to allowed in this test", e.Name())
		}
	}
}
