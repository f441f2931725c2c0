package template

import (
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// readFunction reads a function, and its events as mappings and schedules.
func readFunction(t *Template, p properties) {
	f := Function{Name: p.path, Environment: map[string]string{}, References: map[string]string{}, Retries: 2}
	seconds := 3 // the default of Lambda
	for _, level := range []properties{{p.r, "Globals.Function", p.at, p.r.globals}, p} {
		seconds = level.number("Timeout", seconds)
		level.within("EventInvokeConfig").addRetries(t, &f, p)
		variables := member(level.node, "Environment")
		level.within("Environment").addVariables(&f, member(variables, "Variables"))
	}
	f.Timeout = time.Duration(seconds) * time.Second
	for name := range pairs(p.value("Events")) {
		event := p.within("Events").within(name)
		properties := event.within("Properties")
		properties.path = event.path // as the events of SAM are written
		readEvent(t, &f, event.required("Type"), properties)
	}
	t.Functions = append(t.Functions, f)
}

// addRetries reads an EventInvokeConfig.
func (p properties) addRetries(t *Template, f *Function, function properties) {
	f.Retries = p.number("MaximumRetryAttempts", f.Retries)
	if p.value("DestinationConfig") != nil {
		function.unsupported(t, typeFunction, "the destinations of asynchronous invocations")
	}
}

// addVariables reads an Environment. written are its variables with their intrinsic functions.
func (p properties) addVariables(f *Function, written *yaml.Node) {
	for name, value := range pairs(p.value("Variables")) {
		f.Environment[name] = value.Value
		delete(f.References, name)
		if w := member(written, name); w != nil {
			if function, args := intrinsic(w); function == "Ref" {
				f.References[name] = args.Value
			}
		}
	}
}

// readEvent reads an event source of a function.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
func readEvent(t *Template, f *Function, kind string, p properties) {
	switch kind {
	case "Api":
		f.Routes = append(f.Routes, readRoutes(p)...)
	case "SQS":
		p.reportChanging(t, typeMapping)
		p.addMapping(t, f.Name, "Queue")
	case "DynamoDB":
		p.reportChanging(t, typeMapping)
		p.addMapping(t, f.Name, "Stream")
	case "Schedule":
		p.addSchedule(t, f.Name, "Schedule", sourceRule, p.text("Input", ""))
	case "ScheduleV2":
		p.addSchedule(t, f.Name, "ScheduleExpression", sourceScheduler, p.text("Input", ""))
	default:
		p.unsupported(t, typeFunction, "events of type "+kind)
	}
}

func readRoutes(p properties) (routes []Route) {
	route := Route{
		Method: strings.ToUpper(p.required("Method")), Resource: p.required("Path"),
		Public: !p.r.authorizer,
	}
	if name := p.within("Auth").text("Authorizer", ""); name != "" {
		route.Public = name == "NONE"
	}
	if strings.Contains(route.Resource, "+}") {
		p.r.at = p.path + ".Path"
		p.r.errorf(p.at, "the runner supports no greedy path parameters")
	}
	if route.Method != "ANY" {
		return []Route{route}
	}
	for _, route.Method = range []string{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"} {
		routes = append(routes, route)
	}
	return routes
}

// Folder returns the folder of a function, by which commands may name it, too: mailer for MailerFunction.
func Folder(function string) string { return strings.TrimSuffix(strings.ToLower(function), "function") }
