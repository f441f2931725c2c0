package functions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/adapters/apigateway"
)

// traceKey is where the Lambda runtime puts the tracing header into the context.
var traceKey any = "x-amzn-trace-id"

// costInvocation is the context of an invocation as Lambda makes it.
func costInvocation(ctx context.Context) context.Context {
	ctx = context.WithValue(ctx, traceKey, "Root=1-69572d05-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0")
	return lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: "0ca7504f-a7c8-41e9-9c0e-b9d1c303045b"})
}

// platformLines are what Lambda itself logs of an invocation, as it was seen of a function that logs in JSON.
// https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
var platformLines = []string{
	`{"time":"2026-10-08T07:30:41.076Z","type":"platform.start","record":{"requestId":"f0c9f58b-8ebe-4e84-a656-95eb6eee865a",` +
		`"functionArn":"arn:aws:lambda:eu-west-1:123456789012:function:rental-prod-UserEventsFunction-AbCdEfGhIjKl:live","version":"12"}}` + "\n",
	`{"time":"2026-10-08T07:30:41.088Z","type":"platform.report","record":{"requestId":"f0c9f58b-8ebe-4e84-a656-95eb6eee865a",` +
		`"metrics":{"durationMs":12.345,"billedDurationMs":13,"memorySizeMB":256,"maxMemoryUsedMB":41},"tracing":{"spanId":"24cd7d670fa455f0",` +
		`"type":"X-Amzn-Trace-Id","value":"Root=1-69572d05-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0"},"status":"success"}}` + "\n",
}

// accessLogValues are values of API Gateway's variables, in the length that they have.
var accessLogValues = map[string]string{
	"requestId": "0ca7504f-a7c8-41e9-9c0e-b9d1c303045b", "extendedRequestId": "JKJaXmPLvHcESHA=", "requestTime": "08/Oct/2026:07:30:41 +0000",
	"xrayTraceId": "1-69572d05-0123456789abcdef01234567", "httpMethod": "GET", "resourcePath": "/user", "status": "200", "responseLength": "234",
	"responseLatency": "23", "integration.status": "200", "integration.latency": "19", "error.responseType": "-", "wafResponseCode": "-",
	"error.message": "-", "authorizer.error": "-", "integration.requestId": "0ca7504f-a7c8-41e9-9c0e-b9d1c303045b",
}

// logBytes are what one of each is in the logs, in bytes.
type logBytes struct{ read, write, event, message, access, platform int }

// perRequest is a request of which half write a profile, which is an event and a message; with all that logs it.
func (b logBytes) perRequest() float64 {
	return b.ownPerRequest() + float64(b.access) + 2*float64(b.platform)
}

// ownPerRequest is what the functions write of it.
func (b logBytes) ownPerRequest() float64 { return float64(b.read+b.write+b.event+b.message) / 2 }

// measureLogs runs the functions, each once before, so that no start is cold.
func measureLogs(t *testing.T, p plan) (b logBytes) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := outputs{}
		functions := handlersInMemory(w)
		length := func(service string, h lambda.Handler, event []byte) int {
			for range 2 {
				w[service].Reset()
				if _, err := h.Invoke(costInvocation(t.Context()), event); err != nil {
					t.Fatalf("%s: %v", service, err)
				}
			}
			for _, bad := range []string{`"level":"ERROR"`, `"status":4`, `"Errors":1`} {
				if strings.Contains(w[service].String(), bad) {
					t.Fatalf("%s failed, so its lines are others than usual: %s", service, w[service])
				}
			}
			return w[service].Len()
		}
		b.write = length("users", functions["users"], eventOf(t, "users", "save-replaces"))
		b.read = length("users", functions["users"], eventOf(t, "users", "get"))
		b.event = length("userevents", functions["userevents"], eventOf(t, "userevents", "created"))
		b.message = length("itemsync", functions["itemsync"], eventOf(t, "itemsync", "created"))
	})
	for _, line := range platformLines {
		b.platform += len(line)
	}
	logging, _ := p.globals["LoggingConfig"].(map[string]any)
	if level := logging["SystemLogLevel"]; level == "WARN" {
		b.platform = 0
	}
	b.access = accessLogLength(t, p)
	t.Logf("%+v", b)
	return b
}

func accessLogLength(t *testing.T, p plan) (n int) {
	t.Helper()
	for name, api := range p.stack.of("AWS::Serverless::Api") {
		setting, _ := api["AccessLogSetting"].(map[string]any)
		format, _ := setting["Format"].(string)
		n += len(regexp.MustCompile(`\$context\.[\w.]+`).ReplaceAllStringFunc(format, func(variable string) string {
			value, ok := accessLogValues[strings.TrimPrefix(variable, "$context.")]
			if !ok {
				t.Errorf("the access log of %s has %s: add a value of its usual length to accessLogValues in functions/costslogs_test.go", name, variable)
			}
			return value
		}))
	}
	return n
}

// customMetrics are the custom metrics of all functions, as CloudWatch counts them: each name with its dimensions' values.
// Every route has been called, one that is unknown, and every function at its cold start.
func customMetrics(t *testing.T, p plan) (all []string) {
	t.Helper()
	w := outputs{}
	functions := handlersInMemory(w)
	for service, h := range functions {
		if router, ok := h.(*apigateway.Router); ok {
			for _, route := range append(services()[service], apigateway.Route{Method: "GET", Resource: "/unknown"}) {
				_, _ = router.Serve(t.Context(), events.APIGatewayProxyRequest{HTTPMethod: route.Method, Resource: route.Resource})
			}
			continue
		}
		event := []byte("{}")
		if service == "itemsync" {
			event = eventOf(t, service, "created")
		}
		if _, err := h.Invoke(t.Context(), event); err != nil {
			t.Fatalf("%s: %v", service, err)
		}
	}
	for name := range p.stack.of("AWS::Serverless::Function") {
		service := strings.ToLower(strings.TrimSuffix(name, "Function"))
		if w[service] == nil {
			t.Errorf("the costs have no metrics of %s: add it to handlers in functions/handlers_test.go", name)
			continue
		}
		for line := range bytes.Lines(w[service].Bytes()) {
			var values map[string]any
			if err := json.Unmarshal(line, &values); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			for _, m := range embedded(t, line) {
				var of []string
				for name := range strings.SplitSeq(m.dimensions, ",") {
					of = append(of, fmt.Sprint(name, "=", values[name]))
				}
				for name := range strings.FieldsSeq(m.names) {
					all = append(all, fmt.Sprint(of, name))
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
