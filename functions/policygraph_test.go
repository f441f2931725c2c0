package functions_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"rental.example/adapters/samtest"
)

// cyclic are resources that wait for one another, of which CloudFormation makes none.
func (s stack) cyclic() (found []string) {
	done := map[string]bool{}
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		if i := slices.Index(path, name); i >= 0 {
			found = append(found, fmt.Sprintf("%s: waits for itself, by %s", name, strings.Join(path[i:], ", ")))
			return
		}
		if done[name] || s[name] == nil {
			return
		}
		for _, other := range s.waitsFor(name) {
			visit(other, append(path, name))
		}
		done[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		visit(name, nil)
	}
	return found
}

// waitsFor are the names that CloudFormation makes before that resource.
func (s stack) waitsFor(name string) []string {
	r := s[name]
	others := slices.Concat(references(r["Properties"]), references(r["UpdatePolicy"]))
	for _, other := range each(r["DependsOn"]) {
		others = append(others, fmt.Sprint(other))
	}
	slices.Sort(others)
	return slices.Compact(others)
}

// malformed are the parts of an API's document that are not of the version that it says it is. SAM writes such ones
// into OpenAPI 3 for conditional paths, and for headers of CORS with an authorizer.
// https://github.com/aws/serverless-application-model/issues/2557
func (s stack) malformed() (found []string) {
	for name, api := range s.of("AWS::ApiGateway::RestApi") {
		body, _ := api["Body"].(map[string]any)
		paths, _ := body["paths"].(map[string]any)
		for path, methods := range paths {
			methods, _ := methods.(map[string]any)
			for method, m := range methods {
				m, _ := m.(map[string]any)
				for _, problem := range foreign(m, body["swagger"] == "2.0") {
					found = append(found, fmt.Sprintf("%s: %s %s has %s", name, strings.ToUpper(method), path, problem))
				}
			}
		}
	}
	return found
}

// foreign is what does not belong into an operation of Swagger 2, or of OpenAPI 3.
func foreign(m map[string]any, swagger bool) (found []string) {
	for _, key := range []string{"consumes", "produces"} {
		if m[key] != nil && !swagger {
			found = append(found, key+", which OpenAPI 3 does not know")
		}
	}
	responses, _ := m["responses"].(map[string]any)
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		headers, _ := samtest.Lookup(responses, status, "headers").(map[string]any)
		for _, header := range slices.Sorted(maps.Keys(headers)) {
			typed := samtest.Lookup(headers, header, "type") != nil
			if !swagger {
				typed = samtest.Lookup(headers, header, "schema", "type") != nil
			}
			if !typed {
				found = append(found, "the header "+header+" without a type where its version has that")
			}
		}
	}
	return found
}
