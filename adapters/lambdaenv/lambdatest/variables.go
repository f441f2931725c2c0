package lambdatest

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// Variables are the environment of a function: what template.yaml sets, and what Lambda adds. Where the template refers to
// a resource or a parameter, the value is that of testdata/env.json or the parameter's default. All endpoints are endpoint.
type Variables map[string]string

// DeployedVariables returns the variables of the function whose bootstrap is in the test's folder.
func DeployedVariables(t testing.TB, endpoint string) Variables {
	t.Helper()
	template := samtest.LoadTemplate(t)
	var local struct{ Parameters map[string]string }
	if err := json.Unmarshal([]byte(samtest.ReadFile(t, "testdata/env.json")), &local); err != nil {
		t.Fatalf("testdata/env.json: %v", err)
	}
	all := Variables{"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "SECRET"}
	for _, set := range []any{
		samtest.Lookup(template.Globals, "Function", "Environment", "Variables"),
		samtest.Lookup(functionHere(t, template), "Environment", "Variables"),
	} {
		variables, _ := set.(map[string]any)
		for name, value := range variables {
			text, _ := value.(string)
			if parameter, isParameter := template.Parameters[text]; isParameter {
				text, _ = parameter["Default"].(string)
				if number, ok := parameter["Default"].(int); ok {
					text = strconv.Itoa(number)
				}
			}
			if example := local.Parameters[name]; example != "" {
				text = example
			}
			if strings.HasPrefix(name, "AWS_ENDPOINT_URL") || strings.HasPrefix(name, "OPEN_SEARCH_END") {
				text = endpoint
			}
			all[name] = text
		}
	}
	return all
}

// functionHere returns the properties of the function whose bootstrap is in the test's folder: of UsersFunction in
// functions/users/bootstrap.
func functionHere(t testing.TB, template samtest.Template) map[string]any {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Base(filepath.Dir(dir))
	for name, r := range template.Resources {
		if r.Type == "AWS::Serverless::Function" && strings.EqualFold(name, folder+"Function") {
			return r.Properties
		}
	}
	t.Fatalf("template.yaml has no function of functions/%s", folder)
	return nil
}

// List returns the variables as exec.Cmd takes them, without those called except.
func (v Variables) List(except ...string) (all []string) {
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if !slices.Contains(except, name) {
			all = append(all, name+"="+v[name])
		}
	}
	return all
}

// CheckVariables builds the function of the test's folder and starts it without variables: the error must name all that it
// requires, each of which template.yaml must set. Then it takes away each of them alone, and sets LOG_LEVEL to no level.
func CheckVariables(t *testing.T) {
	t.Helper()
	bootstrap, deployed := Build(t), DeployedVariables(t, UnusedServer(t))
	const missing = "configuration: missing environment variables: "
	names, ok := strings.CutPrefix(StartError(t, bootstrap), missing)
	if !ok {
		t.Fatalf("without variables: %q, want %q and their names", names, missing)
	}
	required := strings.Split(strings.TrimSuffix(names, "\n"), ", ")
	for _, name := range required {
		if deployed[name] == "" {
			t.Errorf("template.yaml does not set %s, which the function requires", name)
		}
		if got, want := StartError(t, bootstrap, deployed.List(name)...), missing+name+"\n"; got != want {
			t.Errorf("without %s:\n got %s\nwant %s", name, got, want)
		}
	}
	const want = "configuration: invalid environment variables: LOG_LEVEL must be DEBUG, INFO, WARN or ERROR\n"
	if got := StartError(t, bootstrap, append(deployed.List("LOG_LEVEL"), "LOG_LEVEL=LOUD")...); got != want {
		t.Errorf("LOG_LEVEL=LOUD:\n got %s\nwant %s", got, want)
	}
	if len(required) < 4 {
		t.Errorf("it requires only %v", required)
	}
}
