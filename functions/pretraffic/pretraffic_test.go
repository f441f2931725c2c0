package pretraffic_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/codedeploy"
	"rental.example/adapters/samtest"
	"rental.example/functions/items"
	"rental.example/functions/itemsync"
	"rental.example/functions/pretraffic"
	"rental.example/functions/userevents"
	"rental.example/functions/users"
)

// versions maps names of versions to handlers.
type versions map[string]func(ctx context.Context, event []byte) ([]byte, error)

func (v versions) Invoke(ctx context.Context, version string, event []byte) ([]byte, error) {
	return v[version](ctx, event)
}

// deployments records the reports.
type deployments struct {
	hooks     []codedeploy.Hook
	succeeded []bool
	err       error
}

func (d *deployments) Report(ctx context.Context, h codedeploy.Hook, succeeded bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d.hooks, d.succeeded = append(d.hooks, h), append(d.succeeded, succeeded)
	return d.err
}

func fixed(response string, err error) func(context.Context, []byte) ([]byte, error) {
	return func(context.Context, []byte) ([]byte, error) { return []byte(response), err }
}

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

// handle invokes the function with the JSON of CodeDeploy.
func handle(t *testing.T, v versions, d *deployments, checks []pretraffic.Check) error {
	t.Helper()
	function := pretraffic.New(v, d, checks, silent)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := lambda.NewHandler(function.Handle).Invoke(ctx, []byte(`{"DeploymentId":"d-1","LifecycleEventHookExecutionId":"e-1"}`))
	return err
}

const unauthenticated = `{"statusCode":401,"body":"{\"code\":\"unauthenticated\"}"}`

func TestHandle(t *testing.T) {
	t.Parallel()
	good := fixed(unauthenticated, nil)
	for name, test := range map[string]struct {
		users, events func(context.Context, []byte) ([]byte, error)
		want          bool
	}{
		"good":               {good, fixed(`{"batchItemFailures":[]}`, nil), true},
		"no failures at all": {good, fixed(`{"batchItemFailures":null}`, nil), true},
		"another status":     {fixed(`{"statusCode":500,"body":"{\"code\":\"internal\"}"}`, nil), fixed(`{}`, nil), false},
		"the status alone":   {fixed(`{"statusCode":200,"body":"{\"code\":\"unauthenticated\"}"}`, nil), fixed(`{}`, nil), false},
		"another code":       {fixed(`{"statusCode":401,"body":"{\"code\":\"forbidden\"}"}`, nil), fixed(`{}`, nil), false},
		"no JSON":            {fixed(`Unauthorized`, nil), fixed(`{}`, nil), false},
		"null":               {fixed(`null`, nil), fixed(`{}`, nil), false},
		"crashed":            {fixed("", errors.New("Unhandled: Runtime.ExitError")), fixed(`{}`, nil), false},
		"one of two crashed": {good, fixed("", errors.New("Unhandled: Runtime.ExitError")), false},
		"a failed record":    {good, fixed(`{"batchItemFailures":[{"itemIdentifier":"1"}]}`, nil), false},
		"panic":              {good, func(context.Context, []byte) ([]byte, error) { panic("a programming error") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d deployments
			err := handle(t, versions{"users:7": test.users, "events:7": test.events}, &d,
				[]pretraffic.Check{pretraffic.Unauthenticated("users:7", "GET", "/user"), pretraffic.NoRecords("events:7")})
			if err != nil || len(d.succeeded) != 1 || d.succeeded[0] != test.want || d.hooks[0] != (codedeploy.Hook{DeploymentID: "d-1", ExecutionID: "e-1"}) {
				t.Errorf("reported %v of %v, %v, want %v", d.succeeded, d.hooks, err, test.want)
			}
		})
	}
}

// TestNoChecks: without checks a deployment fails.
func TestNoChecks(t *testing.T) {
	t.Parallel()
	var d deployments
	if err := handle(t, nil, &d, nil); err != nil || len(d.succeeded) != 1 || d.succeeded[0] {
		t.Errorf("reported %v, %v", d.succeeded, err)
	}
}

// TestTimeout: a version that does not respond is reported as Failed in time.
func TestTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var d deployments
		began := time.Now()
		err := handle(t, versions{"users:7": func(ctx context.Context, _ []byte) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}, &d, []pretraffic.Check{pretraffic.Unauthenticated("users:7", "GET", "/user")})
		if err != nil || len(d.succeeded) != 1 || d.succeeded[0] {
			t.Errorf("reported %v, %v", d.succeeded, err)
		}
		timeout, _ := samtest.LoadTemplate(t).Properties(t, "PreTrafficFunction")["Timeout"].(int)
		if left := time.Duration(timeout)*time.Second - time.Since(began); left < 12*time.Second {
			t.Errorf("%s of the function's %d s are left for the report", left, timeout)
		}
	})
}

// TestReportFails: the invocation fails, so that Lambda retries it.
func TestReportFails(t *testing.T) {
	t.Parallel()
	d := deployments{err: errors.New("CodeDeploy is unavailable")}
	if err := handle(t, versions{"users:7": fixed(unauthenticated, nil)}, &d,
		[]pretraffic.Check{pretraffic.Unauthenticated("users:7", "GET", "/user")}); err == nil {
		t.Error("no error of a failed report")
	}
}

// TestCurrentFunctions: the functions pass the checks, without a store.
func TestCurrentFunctions(t *testing.T) {
	t.Parallel()
	metrics := cloudwatch.NewMetrics(io.Discard, "rental", "test", time.Now)
	ofRoutes := func(routes []apigateway.Route) func(context.Context, []byte) ([]byte, error) {
		router := apigateway.NewRouter(routes, apigateway.Config{AllowedOrigin: "https://app.example.com", Now: time.Now, Logger: silent, Metrics: metrics})
		return router.Invoke
	}
	ofHandler := func(handle any) func(context.Context, []byte) ([]byte, error) {
		return lambda.NewHandler(handle).Invoke
	}
	v := versions{
		"users":    ofRoutes(users.New(nil, nil, silent).Routes()),
		"items":    ofRoutes(items.New(nil, nil, nil, items.Config{Logger: silent}).Routes()),
		"events":   ofHandler(userevents.New(nil, nil, userevents.Config{Logger: silent, Metrics: metrics}).Handle),
		"itemsync": ofHandler(itemsync.New(nil, itemsync.Config{Logger: silent, Metrics: metrics}).Handle),
	}
	for _, c := range []pretraffic.Check{pretraffic.Unauthenticated("users", "GET", "/user"), pretraffic.Unauthenticated("items", "POST", "/items"),
		pretraffic.NoRecords("events"), pretraffic.NoRecords("itemsync")} {
		response, err := v.Invoke(t.Context(), c.Version, []byte(c.Event))
		if err == nil {
			err = c.Verify(response)
		}
		if err != nil || !json.Valid([]byte(c.Event)) {
			t.Errorf("%s: %v", c.Version, err)
		}
	}
}
