package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// TestServesTemplate: the runner serves every route and every function of template.yaml.
func TestServesTemplate(t *testing.T) {
	t.Parallel()
	r := start(t)
	template := samtest.LoadTemplate(t)
	for _, missing := range unserved(t, template, r.address) {
		t.Error(missing)
	}
}

const functionType = "AWS::Serverless::Function"

// unserved returns the functions and routes of a template that the runner does not serve.
func unserved(t *testing.T, template samtest.Template, address string) (missing []string) {
	t.Helper()
	functions, routes := 0, 0
	hooks := fmt.Sprint(samtest.Lookup(template.Globals, "Function", "DeploymentPreference", "Hooks")) // hooks of deployments
	for name, resource := range template.Resources {
		if resource.Type != functionType || strings.Contains(hooks, name) {
			continue
		}
		functions++
		if _, got := ask(t, "POST", "http://"+address+"/2015-03-31/functions/"+name+"/invocations", "?"); strings.Contains(got, "Function not found") {
			missing = append(missing, name+" of template.yaml is not served: add it to functions/local/functions.go")
		}
		events, _ := resource.Properties["Events"].(map[string]any)
		for _, e := range events {
			event, _ := e.(map[string]any)
			method, _ := samtest.Lookup(event, "Properties", "Method").(string)
			path, _ := samtest.Lookup(event, "Properties", "Path").(string)
			if event["Type"] != "Api" || strings.EqualFold(method, "head") {
				continue // a response to HEAD has no body to distinguish 404s
			}
			routes++
			method = strings.ToUpper(method)
			url := "http://" + address + regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "x")
			if _, got := ask(t, method, url, ""); strings.Contains(got, `"code":"route_not_found"`) {
				missing = append(missing, method+" "+path+" of template.yaml is not served: add its function to functions/local/functions.go")
			}
		}
	}
	if functions < 5 || routes < 10 {
		t.Errorf("%d functions and %d routes are not all of the template", functions, routes)
	}
	slices.Sort(missing)
	return missing
}

// ask sends a request without token, and returns the status and the body of the response.
func ask(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	resp, text := send(t, newRequest(t, method, url, body))
	return resp.StatusCode, string(text)
}
