package functions_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"rental.example/adapters/samtest"
)

// tree is what the checks of a service's parts compare: template.yaml with testdata/env.json, the code and the fixtures.
// The other tests compare the routes, the contract and the documents.
type tree struct {
	files    map[string]string            // texts by path; of JSON, the names alone
	root     *yaml.Node                   // of template.yaml, for its lines
	template map[string]any               // with intrinsic functions in the long form
	all      stack                        // the same with every optional parameter
	deployed stack                        // what prod deploys with items, before SAM's transform
	calls    map[string]map[string]string // of each bootstrap: the place of each call of AWS
	pkgs     []pkg                        // deployed, with those that they import
}

// TestParts: no part of a service is missing or misspelt. All that is wrong is reported in one run, with what to write.
func TestParts(t *testing.T) {
	t.Parallel()
	for _, sentence := range loadTree(t).findings(t) {
		t.Error(sentence)
	}
}

// findings are what is missing or misspelt, each with the file, and the line where it is known.
func (tr *tree) findings(t *testing.T) []string {
	t.Helper()
	found := slices.Concat(tr.folders(), tr.variables(), tr.localVariables(t), tr.rights(), tr.rollbacks(), tr.storage(),
		tr.tableAlarms(), tr.authorizers(), tr.deliveries(), tr.unchecked(), tr.outputs(), tr.unknown(), tr.throttles(), tr.unaliased(), tr.settings(t), tr.suites(), tr.fixtures(), tr.tests())
	slices.Sort(found)
	return slices.Compact(found)
}

// loadTree reads the repository.
func loadTree(t *testing.T) *tree {
	t.Helper()
	files := map[string]string{}
	for _, name := range []string{"template.yaml", "samconfig.toml", "testdata/env.json", "testdata/ops", "testdata/take-up"} {
		files[name] = samtest.ReadFile(t, name)
	}
	root := samtest.Root(t)
	for _, folder := range []string{"domain", "adapters", "functions", "testdata/events", "testdata/golden"} {
		err := filepath.WalkDir(filepath.Join(root, filepath.FromSlash(folder)), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			relative, err := filepath.Rel(root, name)
			if err != nil {
				return err
			}
			var data []byte
			if !strings.HasSuffix(name, ".json") {
				data, err = os.ReadFile(name)
			}
			files[filepath.ToSlash(relative)] = strings.ReplaceAll(string(data), "\r\n", "\n")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-export", "-deps", "-tags=lambda.norpc"}
	for _, name := range sortedKeys(files) {
		if folder, ok := strings.CutSuffix(name, "/bootstrap/main.go"); ok {
			args = append(args, "./"+folder+"/bootstrap")
		}
	}
	tr := &tree{pkgs: list(t, args...)}
	return tr.with(t, files)
}

// with is the tree with other files. What they leave as it is, is not read again.
func (tr *tree) with(t *testing.T, files map[string]string) *tree {
	t.Helper()
	other := *tr
	other.files = files
	if files["template.yaml"] != tr.files["template.yaml"] {
		other.readTemplate(t)
	}
	isCode := func(name, _ string) bool {
		return !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go")
	}
	before, now := maps.Clone(tr.files), maps.Clone(files)
	maps.DeleteFunc(before, isCode)
	maps.DeleteFunc(now, isCode)
	if !maps.Equal(before, now) {
		other.readCalls(t)
	}
	return &other
}

func (tr *tree) readTemplate(t *testing.T) {
	t.Helper()
	tr.root = new(yaml.Node)
	if err := yaml.Unmarshal([]byte(tr.files["template.yaml"]), tr.root); err != nil {
		t.Fatal(err)
	}
	if len(tr.root.Content) != 1 {
		t.Fatalf("template.yaml has %d documents", len(tr.root.Content))
	}
	v, err := inLongForm(tr.root.Content[0])
	if err != nil {
		t.Fatal(err)
	}
	tr.template, _ = v.(map[string]any)
	tr.all = resolve(tr.template, merged(fullParameters(tr.template), map[string]any{"Stage": "prod", "OpenSearchMode": "domain"}))
	tr.deployed = resolve(tr.template, map[string]any{"Stage": "prod", "OpenSearchMode": "domain"})
}

func (tr *tree) readCalls(t *testing.T) {
	t.Helper()
	graph := loadCalls(t, tr.pkgs, tr.files)
	for _, problem := range graph.problems {
		t.Errorf("the calls of functions are not known: %s", problem)
	}
	tr.calls = map[string]map[string]string{}
	for _, p := range tr.pkgs {
		if strings.HasSuffix(p.ImportPath, "/bootstrap") {
			tr.calls[p.ImportPath] = graph.calls(p.ImportPath)
		}
	}
}

// at is where a path of keys is in template.yaml, or as much of it as there is.
func (tr *tree) at(keys ...string) string {
	line, node := 1, tr.root
	if node.Kind == yaml.DocumentNode {
		node = node.Content[0]
	}
	for _, key := range keys {
		var next *yaml.Node
		for i := 0; node.Kind == yaml.MappingNode && i < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				line, next = node.Content[i].Line, node.Content[i+1]
			}
		}
		if next == nil {
			break
		}
		node = next
	}
	return fmt.Sprintf("template.yaml:%d", line)
}

// function is one of template.yaml.
type function struct {
	name, folder string
	properties   map[string]any
}

// functions are those of template.yaml, by their names.
func (tr *tree) functions() (all []function) {
	resources, _ := tr.template["Resources"].(map[string]any)
	for _, name := range sortedKeys(resources) {
		r, _ := resources[name].(map[string]any)
		properties, _ := r["Properties"].(map[string]any)
		if r["Type"] == "AWS::Serverless::Function" {
			all = append(all, function{name, strings.ToLower(strings.TrimSuffix(name, "Function")), properties})
		}
	}
	return all
}

func sortedKeys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// folders are functions without code, and code without a function.
func (tr *tree) folders() (found []string) {
	known := map[string]bool{}
	for _, f := range tr.functions() {
		main := "functions/" + f.folder + "/bootstrap/main.go"
		known[main] = true
		if _, ok := tr.files[main]; !ok {
			found = append(found, fmt.Sprintf("%s: there is no %s of %s: write it, or correct the function's name", tr.at("Resources", f.name), main, f.name))
		}
	}
	for name := range tr.files {
		if strings.HasSuffix(name, "/bootstrap/main.go") && !known[name] {
			found = append(found, fmt.Sprintf("template.yaml: no function is built from %s: add it to Resources, as its folder in mixed caps and Function", name))
		}
	}
	return found
}

// in returns the names of the files in a folder that end so, sorted; not those in folders below.
func (tr *tree) in(folder, end string) (names []string) {
	for name := range tr.files {
		base, ok := strings.CutPrefix(name, folder+"/")
		if ok && !strings.Contains(base, "/") && strings.HasSuffix(base, end) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
