// Package functions_test holds the rules of the whole: who may import whom, that documents, template and
// code name the same routes, and what a deployed binary is made of.
package functions_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
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
	"rental.example/adapters/memory"
	"rental.example/adapters/samtest"
	"rental.example/domain/item"
	"rental.example/functions/items"
	"rental.example/functions/users"
)

const module = "rental.example"

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath  string
	Dir         string
	Standard    bool
	GoFiles     []string
	TestGoFiles []string
	Imports     []string
}

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,Standard,GoFiles,TestGoFiles,Imports"}, args...)...)
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
	for _, p := range list(t, "./...") {
		for _, imported := range p.Imports {
			own, isOwn := strings.CutPrefix(imported, module+"/")
			switch {
			case isOwn:
				checkOwnImport(t, p.ImportPath, own)
			case !strings.Contains(strings.SplitN(imported, "/", 2)[0], "."): // the standard library
			case forTests(p.ImportPath):
			case strings.HasPrefix(p.ImportPath, "domain"):
				t.Errorf("%s imports %s: the domain imports the standard library alone", p.ImportPath, imported)
			case !families.MatchString(imported):
				t.Errorf("%s imports %s, which is of none of the allowed families", p.ImportPath, imported)
			}
		}
	}
}

// TestRequirements: go.mod asks directly for nothing else, but for what tests need.
func TestRequirements(t *testing.T) {
	t.Parallel()
	testOnly := []string{"github.com/google/go-cmp", "go.yaml.in/yaml/v3"}
	for _, m := range regexp.MustCompile(`(?m)^(?:require )?\s*(\S+\.\S+/\S+) v\S+$`).FindAllStringSubmatch(samtest.Read(t, "go.mod"), -1) {
		if path := m[1]; !families.MatchString(path) && !slices.Contains(testOnly, path) {
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

func checkOwnImport(t *testing.T, from, to string) {
	t.Helper()
	switch {
	case area(from) == area(to) || forTests(from):
	case forTests(to):
		t.Errorf("%s imports %s, which is for tests", from, to)
	case layer(to) == "domain" && to == "domain": // the kernel is everybody's
	case layer(from) == "domain":
		t.Errorf("%s imports %s: a context knows the kernel only", from, to)
	case layer(from) == "adapters" && (slices.Contains([]string{"adapters/httpclient", "adapters/rawjson", "adapters/storecalls"}, to)): // they import no product
	case layer(from) == "adapters" && layer(to) != "domain":
		t.Errorf("%s imports %s: adapters know the domain only", from, to)
	case layer(to) == "functions" && area(from) != "functions/local":
		t.Errorf("%s imports %s: functions know nothing of each other", from, to)
	case area(to) == "functions/local":
		t.Errorf("%s imports %s: what stands in for AWS is deployed nowhere", from, to)
	}
}

// TestPackageComments: every package says in one place what it is.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	comment := regexp.MustCompile(`(?m)^// (Package|Command) \w+ [^\n]*\n(//[^\n]*\n)*package `)
	for _, p := range list(t, "./...") {
		found := 0
		files := p.GoFiles
		if len(files) == 0 {
			continue
		}
		for _, file := range files {
			source, err := os.ReadFile(filepath.Join(p.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			found += len(comment.FindAllIndex(source, -1))
		}
		if found != 1 {
			t.Errorf("%s has %d package comments, want 1", p.ImportPath, found)
		}
	}
}

// services are the functions behind the API, by their folders, over empty stores in memory. The tests that hold routes,
// contract and template to each other, and those that send requests at the limits of the contract, begin with them.
func services() map[string][]apigateway.Route {
	logger := slog.New(slog.DiscardHandler)
	stored := memory.NewItems()
	catalog := item.NewCatalog(stored, stored, memory.NewOwners())
	random := func() (b [10]byte) { _, _ = rand.Read(b[:]); return b }
	return map[string][]apigateway.Route{
		"users": users.New(memory.NewUsers(), time.Now, logger).Routes(),
		"items": items.New(catalog, items.Config{Now: time.Now, Random: random, Logger: logger}).Routes(),
	}
}

// TestServices: services has every function that is handed requests.
func TestServices(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "./functions/...") {
		if path.Base(p.ImportPath) != "bootstrap" {
			continue
		}
		folder := path.Base(path.Dir(p.ImportPath))
		if _, listed := services()[folder]; slices.Contains(p.Imports, module+"/adapters/apigateway") != listed {
			t.Errorf("functions/%s imports adapters/apigateway: %t; services in this file has it: %t", folder, !listed, listed)
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
	for name, f := range of(samtest.Load(t), "AWS::Serverless::Function") {
		for _, event := range apiEvents(f) {
			method, _ := samtest.At(f.Properties, "Events", event, "Properties", "Method").(string)
			path, _ := samtest.At(f.Properties, "Events", event, "Properties", "Path").(string)
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

// TestTopLevel: a stranger finds only what they expect there.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	allowed := []string{"functions", "domain", "adapters", "testdata", "template.yaml", "samconfig.toml", "openapi.yaml",
		"go.mod", "go.sum", "README.md", "Makefile", "LICENSE"}
	entries, err := fs.ReadDir(os.DirFS(samtest.Root(t)), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s is at the top level; allowed, in this test, has what may be there", e.Name())
		}
	}
}

// diffNames is what differs between two lists of names, whatever their order.
func diffNames(want, got []string) string {
	return cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got)))
}
