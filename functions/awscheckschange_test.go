package functions_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/samtest"
)

var updateDeployed = flag.Bool("update-deployed", false, "rewrite testdata/deployed/stack.json: after a release, or before the first one")

// deployedStack has the properties of the last release that an update cannot change. It is not the whole template: what is
// not in it may change freely, and a difference in review is one that matters.
const deployedStack = "testdata/deployed/stack.json"

// a fixture is what an update cannot change of a resource.
type fixture struct {
	Type       string         `json:"type"`
	Kept       bool           `json:"kept,omitempty"` // stays when the stack no longer has it
	Properties map[string]any `json:"properties,omitempty"`
}

// TestChange: the template can be deployed over the last release, and loses nothing of it.
func TestChange(t *testing.T) {
	t.Parallel()
	template := mustParse(t, samtest.ReadFile(t, "template.yaml"))
	now := fixtures(template, deployments(t, template))
	file := filepath.Join(samtest.Root(t), deployedStack)
	if *updateDeployed {
		data, err := json.MarshalIndent(now, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before, err := parseFixtures(samtest.ReadFile(t, deployedStack))
	if err != nil || len(before) == 0 {
		t.Fatalf("%s: %d resources, %v", deployedStack, len(before), err)
	}
	for _, sentence := range changes(before, now) {
		t.Errorf("an update of the last release: %s\n\t(nothing is deployed, or this is released? go test ./functions -run TestChange -update-deployed)", sentence)
	}
}

func parseFixtures(text string) (all map[string]fixture, err error) {
	return all, json.Unmarshal([]byte(text), &all)
}

// fixtures are what cannot be changed of each resource, as the first of the deployments has it that makes it.
func fixtures(template map[string]any, all []deployment) map[string]fixture {
	anywhere := place{stack: "STACK", id: "00000000", region: "REGION"}
	found := map[string]fixture{}
	for _, d := range all {
		for name, r := range resolveAt(template, d.parameters, anywhere).stack {
			if _, ok := found[name]; ok {
				continue
			}
			if f, ok := fixtureOf(r); ok {
				found[name] = f
			}
		}
	}
	// As they are read from the file.
	data, err := json.Marshal(found)
	if err != nil {
		panic(err)
	}
	again, err := parseFixtures(string(data))
	if err != nil {
		panic(err)
	}
	return again
}

func fixtureOf(r map[string]any) (f fixture, ok bool) {
	f = fixture{Kept: outlives(r)}
	f.Type, _ = r["Type"].(string)
	given, _ := r["Properties"].(map[string]any)
	properties, known := immutableOf(f.Type)
	if f.Type == "AWS::DynamoDB::Table" {
		properties["GlobalSecondaryIndexes"], properties["AttributeDefinitions"] = "", ""
	}
	if f.Type == "AWS::Cognito::UserPool" {
		properties["Schema"] = ""
	}
	for property := range properties {
		if v := samtest.Lookup(given, strings.Split(property, ".")...); v != nil {
			if f.Properties == nil {
				f.Properties = map[string]any{}
			}
			f.Properties[property] = v
		}
	}
	return f, known || f.Kept || f.Properties != nil
}

// changes are what CloudFormation would replace, refuse or lose in an update, and what to do instead.
func changes(before, now map[string]fixture) (found []string) {
	for _, name := range slices.Sorted(maps.Keys(before)) {
		old := before[name]
		f, ok := now[name]
		_, known := immutable[old.Type]
		switch {
		case !ok && old.Kept:
			found = append(found, fmt.Sprintf("%s is gone from the template and stays in the account, where no later stack takes it up by itself: "+
				"leave its logical id, or import the resource under the new one", name))
		case !ok:
		case f.Type != old.Type:
			found = append(found, fmt.Sprintf("%s changes its type from %s to %s, which CloudFormation refuses: give the new one another logical id", name, old.Type, f.Type))
		case old.Kept && !known:
			found = append(found, fmt.Sprintf("%s is retained, and functions/awschecksreplacement_test.go does not say what replaces an %s: add its createOnlyProperties", name, old.Type))
		default:
			found = append(found, changed(name, old, f)...)
		}
		if ok && old.Kept && !f.Kept {
			found = append(found, name+" loses its DeletionPolicy: its data go with the stack; leave Retain")
		}
	}
	return found
}

func changed(name string, old, f fixture) (found []string) {
	properties, _ := immutableOf(f.Type)
	for _, property := range slices.Sorted(maps.Keys(properties)) {
		if before, now := old.Properties[property], f.Properties[property]; !reflect.DeepEqual(before, now) {
			found = append(found, fmt.Sprintf("%s: %s changes from %s to %s: %s", name, property, compact(before), compact(now), properties[property]))
		}
	}
	switch f.Type {
	case "AWS::DynamoDB::Table":
		found = append(found, indexChanges(name, old, f)...)
	case "AWS::Cognito::UserPool":
		found = append(found, schemaChanges(name, old, f)...)
	}
	return found
}

func compact(v any) string {
	data, err := json.Marshal(v)
	if v == nil || err != nil {
		return "nothing"
	}
	return string(data)
}

// keyed are the elements of a list of a fixture, by the value of a key.
func keyed(f fixture, property, key string) map[string]map[string]any {
	found := map[string]map[string]any{}
	list, _ := f.Properties[property].([]any)
	for _, e := range list {
		e, _ := e.(map[string]any)
		found[fmt.Sprint(e[key])] = e
	}
	return found
}

// indexChanges: DynamoDB changes neither the keys nor the projection of an index that is there, and makes or drops
// one index an update.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
func indexChanges(name string, old, f fixture) (found []string) {
	before, now := keyed(old, "GlobalSecondaryIndexes", "IndexName"), keyed(f, "GlobalSecondaryIndexes", "IndexName")
	var made, dropped []string
	for _, index := range slices.Sorted(maps.Keys(now)) {
		if before[index] == nil {
			made = append(made, index)
		} else if !cmp.Equal(fixed(before[index]), fixed(now[index])) {
			found = append(found, fmt.Sprintf("%s: the index %s changes its keys or its projection, which DynamoDB refuses: make %s2 beside it by one deployment, "+
				"let listIndex (adapters/dynamo/dynamousers/index.go) name it by the next, drop %s by a third", name, index, index, index))
		}
	}
	for _, index := range slices.Sorted(maps.Keys(before)) {
		if now[index] == nil {
			dropped = append(dropped, index)
		}
	}
	if len(made)+len(dropped) > 1 {
		found = append(found, fmt.Sprintf("%s: one update makes %v and drops %v, and DynamoDB makes or drops one index an update: take a deployment for each", name, made, dropped))
	}
	definitions, defined := keyed(old, "AttributeDefinitions", "AttributeName"), keyed(f, "AttributeDefinitions", "AttributeName")
	for _, attribute := range slices.Sorted(maps.Keys(definitions)) {
		if defined[attribute] != nil && !cmp.Equal(definitions[attribute], defined[attribute]) {
			found = append(found, fmt.Sprintf("%s: the key attribute %s changes its type, which replaces the table: %s", name, attribute, "give the attribute another name"))
		}
	}
	return found
}

// fixed is what cannot change of an index: its keys and, in any order, what it projects.
func fixed(index map[string]any) map[string]any {
	projected, _ := samtest.Lookup(index, "Projection", "NonKeyAttributes").([]any)
	names := make([]string, len(projected))
	for i, p := range projected {
		names[i] = fmt.Sprint(p)
	}
	slices.Sort(names)
	return map[string]any{"keys": index["KeySchema"], "type": samtest.Lookup(index, "Projection", "ProjectionType"), "projected": names}
}

// schemaChanges: an attribute of a pool stays as it was made.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
func schemaChanges(name string, old, f fixture) (found []string) {
	before, now := keyed(old, "Schema", "Name"), keyed(f, "Schema", "Name")
	for _, attribute := range slices.Sorted(maps.Keys(before)) {
		if !cmp.Equal(before[attribute], now[attribute]) {
			found = append(found, fmt.Sprintf("%s: the attribute %s of its Schema changes or goes, which Cognito refuses: leave it, and add one of another name", name, attribute))
		}
	}
	return found
}
