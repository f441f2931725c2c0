package functions_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/lambdaenv"
	"rental.example/adapters/samtest"
	"rental.example/domain/item/itemtest"
)

var (
	// byLambda are variables that Lambda sets.
	byLambda = []string{"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
	// byGo are variables that the runtime and the standard library of Go read.
	byGo = []string{"GOMAXPROCS", "SSL_CERT_DIR"}
)

// endpoints is how the names of variables begin that only tests and local runs set.
const endpoints = "AWS_ENDPOINT_URL"

// read is a variable that a bootstrap reads.
type read struct {
	at       string // file:line
	required bool
}

// reads are the variables that a function reads: each call of a method of env in its bootstrap is made again, as readBy
// does, on an Env without values.
func (tr *tree) reads(f function) map[string]read {
	all := map[string]read{}
	for _, c := range startCalls(tr.files, "functions/"+f.folder+"/bootstrap") {
		var names []string
		env := lambdaenv.New(func(name string) string { names = append(names, name); return "" })
		repeat(reflect.ValueOf(env), c.call)
		for _, variable := range names {
			required := env.Err() != nil && strings.Contains(env.Err().Error()+",", " "+variable+",")
			all[variable] = read{c.at, required || all[variable].required}
		}
	}
	return all
}

// own and shared variables are those of a function and of all functions.
func (f function) own() map[string]any {
	set, _ := samtest.Lookup(f.properties, "Environment", "Variables").(map[string]any)
	return set
}

func (tr *tree) shared() map[string]any {
	set, _ := samtest.Lookup(tr.template, "Globals", "Function", "Environment", "Variables").(map[string]any)
	return set
}

// variables are those that a function reads and template.yaml does not set, and those that it sets and nothing reads.
func (tr *tree) variables() (found []string) {
	used := map[string]bool{}
	for _, f := range tr.functions() {
		own, reads := f.own(), tr.reads(f)
		where := func(variable string) string {
			return tr.at("Resources", f.name, "Properties", "Environment", "Variables", variable)
		}
		var unread []string
		for _, variable := range sortedKeys(own) {
			if _, ok := reads[variable]; !ok {
				unread = append(unread, variable)
				found = append(found, fmt.Sprintf("%s: %s sets %s, which functions/%s/bootstrap/main.go does not read: correct its name, or take it out",
					where(variable), f.name, variable, f.folder))
			}
			if reads[variable].required && own[variable] == "" {
				found = append(found, fmt.Sprintf("%s: %s sets %s to nothing, and %s requires it: write a value", where(variable), f.name, variable, reads[variable].at))
			}
		}
		for _, variable := range sortedKeys(reads) {
			used[variable] = true
			if own[variable] != nil || tr.shared()[variable] != nil || slices.Contains(byLambda, variable) || strings.HasPrefix(variable, endpoints) {
				continue
			}
			found = append(found, fmt.Sprintf("%s: %s has no variable %s, which %s reads%s: write it below Environment.Variables",
				where(variable), f.name, variable, reads[variable].at, similar(variable, unread)))
		}
	}
	for _, variable := range sortedKeys(tr.shared()) {
		if !used[variable] && !slices.Contains(byGo, variable) {
			found = append(found, fmt.Sprintf("%s: no function reads %s: correct its name, or take it out",
				tr.at("Globals", "Function", "Environment", "Variables", variable), variable))
		}
	}
	return found
}

// similar is the name that was probably meant.
func similar(name string, names []string) string {
	for _, other := range names {
		if itemtest.EditDistance([]rune(name), []rune(other)) <= 3 {
			return " (" + other + " may be meant)"
		}
	}
	return ""
}

// localVariables are the variables of functions with events that testdata/env.json lacks, and those that it has and no
// function declares: "sam local" sets only what the template declares.
func (tr *tree) localVariables(t *testing.T) (found []string) {
	t.Helper()
	const file = "testdata/env.json"
	var local struct{ Parameters map[string]string }
	if err := json.Unmarshal([]byte(tr.files[file]), &local); err != nil {
		return []string{file + ": " + err.Error()}
	}
	declared := map[string]bool{}
	for variable := range tr.shared() {
		declared[variable] = true
	}
	for _, f := range tr.functions() {
		reads := tr.reads(f)
		for _, variable := range sortedKeys(f.own()) {
			declared[variable] = true
			if len(tr.in("testdata/events/"+f.folder, ".json")) == 0 || local.Parameters[variable] != "" {
				continue
			}
			if empty := f.own()[variable] == ""; empty || reads[variable].required {
				found = append(found, fmt.Sprintf("%s: lacks %s of %s, without which sam local invoke does not work: add it to Parameters", file, variable, f.name))
			}
		}
		for variable := range local.Parameters {
			if _, ok := reads[variable]; ok && strings.HasPrefix(variable, endpoints) && f.own()[variable] == nil && tr.shared()[variable] == nil {
				found = append(found, fmt.Sprintf("%s: %s does not declare %s, so that sam local does not set it: write %s: \"\" below Environment.Variables",
					tr.at("Resources", f.name, "Properties", "Environment", "Variables"), f.name, variable, variable))
			}
		}
	}
	for _, variable := range sortedKeys(local.Parameters) {
		if !declared[variable] {
			found = append(found, fmt.Sprintf("%s: no function of template.yaml has %s: correct its name, or take it out", file, variable))
		}
	}
	return found
}
