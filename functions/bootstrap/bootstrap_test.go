package bootstrap_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
	"rental.example/functions/bootstrap"
)

// open opens the function with the variables.
func open(variables map[string]string, f func(bootstrap.Environment) (bootstrap.Function, error)) (bootstrap.Function, string, error) {
	var output bytes.Buffer
	opened, err := bootstrap.Open("service", func(name string) string { return variables[name] }, &output, f)
	if err != nil || opened.Handler == nil {
		return opened, "", err
	}
	_, err = opened.Handler.Invoke(context.Background(), []byte(`{"httpMethod":"GET","resource":"/","requestContext":{"requestId":"r"}}`))
	return opened, output.String(), err
}

// TestOpenErrors: the variables are the cause of most errors of an adapter.
func TestOpenErrors(t *testing.T) {
	t.Parallel()
	refused := errors.New("no endpoint")
	fails := func(env bootstrap.Environment) (bootstrap.Function, error) {
		env.Required("TABLE")
		return bootstrap.Function{}, refused
	}
	if _, _, err := open(nil, fails); err == nil || err.Error() != "configuration: missing environment variables: TABLE" {
		t.Errorf("without a variable: %v", err)
	}
	if _, _, err := open(map[string]string{"TABLE": "t"}, fails); !errors.Is(err, refused) || err.Error() != "configuration: no endpoint" {
		t.Errorf("with an error of the function: %v", err)
	}
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	warm := func(context.Context) error { return nil }
	serves := func(env bootstrap.Environment) (bootstrap.Function, error) {
		return env.HTTP([]apigateway.Route{{Method: "GET", Resource: "/", Public: true, Handle: func(context.Context, events.APIGatewayProxyRequest) (
			events.APIGatewayProxyResponse, error) {
			return apigateway.NoContent()
		}}}, warm), nil
	}
	if _, _, err := open(nil, serves); err == nil || !strings.Contains(err.Error(), "ALLOWED_ORIGIN") {
		t.Errorf("without an origin: %v", err)
	}
	variables := map[string]string{"ALLOWED_ORIGIN": "https://app.example.com", "POWERTOOLS_SERVICE_NAME": "other", "POWERTOOLS_METRICS_NAMESPACE": "stack"}
	f, output, err := open(variables, serves)
	if err != nil || len(f.WarmUp) != 1 {
		t.Fatalf("%d reads, %v", len(f.WarmUp), err)
	}
	for _, part := range []string{`"service":"other"`, `"Namespace":"stack"`, `"status":204`} {
		if !strings.Contains(output, part) {
			t.Errorf("no %s in the output:\n%s", part, output)
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	f, _, err := open(nil, func(env bootstrap.Environment) (bootstrap.Function, error) {
		return env.Events(func(context.Context, map[string]any) (string, error) {
			env.Logger.Info("handled")
			return "done", nil
		}), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if response, err := f.Handler.Invoke(t.Context(), []byte(`{}`)); string(response) != `"done"` || err != nil {
		t.Errorf("response %s, %v", response, err)
	}
}
