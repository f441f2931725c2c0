// Package pretraffic is the function that CodeDeploy invokes before it shifts traffic to a new version. It invokes each new
// version with an event of known response, and reports Failed if a response differs: CodeDeploy then shifts no traffic, and
// the stack is rolled back. It is deployed in prod only, where traffic is shifted gradually.
package pretraffic

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"rental.example/adapters/codedeploy"
	"rental.example/adapters/lambdafn"
)

// checkTime limits the checks: it exceeds the longest timeout of a function that is checked, so that Lambda's timeout comes
// first. reportTime limits the report.
const (
	checkTime  = 31 * time.Second
	reportTime = 12 * time.Second
)

// Versions invokes versions of functions; *codedeploy.Versions is one.
type Versions interface {
	// Invoke invokes a version and returns its response. It returns an error if the function crashed or timed out.
	Invoke(ctx context.Context, version string, event []byte) ([]byte, error)
}

// Deployments reports the result; *codedeploy.Deployments is one.
type Deployments interface {
	// Report reports whether the deployment of a hook may continue.
	Report(ctx context.Context, h codedeploy.Hook, succeeded bool) error
}

// Check is an event for a version, and the check of its response.
type Check struct {
	Version string // ARN
	Event   string
	// Verify returns an error if the response is not the expected one.
	Verify func(response []byte) error
}

// Function handles the invocations of the pretraffic function.
type Function struct {
	versions    Versions
	deployments Deployments
	checks      []Check
	logger      *slog.Logger
}

// New returns a Function that runs all checks for each deployment.
func New(versions Versions, deployments Deployments, checks []Check, logger *slog.Logger) *Function {
	return &Function{versions: versions, deployments: deployments, checks: checks, logger: logger}
}

// Handle checks all versions and reports the result. It returns an error only if the report fails; Lambda then retries.
func (f *Function) Handle(ctx context.Context, h codedeploy.Hook) error {
	succeeded := f.check(ctx)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTime)
	defer cancel()
	f.logger.InfoContext(ctx, "deployment checked", "deployment_id", h.DeploymentID, "succeeded", succeeded)
	return f.deployments.Report(ctx, h, succeeded)
}

// check runs all checks concurrently, and reports whether there are any and all succeed.
func (f *Function) check(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var failed atomic.Int64
	var all sync.WaitGroup
	for _, c := range f.checks {
		all.Go(func() {
			if err := f.invoke(ctx, c); err != nil {
				failed.Add(1)
				f.logger.ErrorContext(ctx, "version check failed", "version", c.Version, "error", err.Error())
			}
		})
	}
	all.Wait()
	return len(f.checks) > 0 && failed.Load() == 0
}

// invoke runs one check. A panic fails the check, so that the result is reported in any case.
func (f *Function) invoke(ctx context.Context, c Check) error {
	return lambdafn.Recover(func() error {
		response, err := f.versions.Invoke(ctx, c.Version, []byte(c.Event))
		if err != nil {
			return err
		}
		return c.Verify(response)
	})
}

// Unauthenticated checks that a request without a caller gets 401. It needs no store, and covers start, router and response.
func Unauthenticated(version, method, resource string) Check {
	event := fmt.Sprintf(`{"resource":%q,"path":%q,"httpMethod":%q,"headers":{"X-Amzn-Trace-Id":"Root=1-00000000-000000000000000000000000"},`+
		`"requestContext":{"resourcePath":%q,"httpMethod":%q,"requestId":"pretraffic","authorizer":{}},"isBase64Encoded":false}`,
		resource, resource, method, resource, method)
	return Check{Version: version, Event: event, Verify: func(response []byte) error {
		var got struct {
			StatusCode int    `json:"statusCode"`
			Body       string `json:"body"`
		}
		var problem struct {
			Code string `json:"code"`
		}
		if json.Unmarshal(response, &got) != nil || json.Unmarshal([]byte(got.Body), &problem) != nil ||
			got.StatusCode != 401 || problem.Code != "unauthenticated" {
			return fmt.Errorf("%s %s without a caller: response %.500s, want status 401 with the code unauthenticated", method, resource, response)
		}
		return nil
	}}
}

// NoRecords checks that an empty batch of a stream or queue has no failures.
func NoRecords(version string) Check {
	return Check{Version: version, Event: `{"Records":[]}`, Verify: func(response []byte) error {
		var got struct {
			Failures []json.RawMessage `json:"batchItemFailures"`
		}
		if err := json.Unmarshal(response, &got); err != nil || len(got.Failures) > 0 {
			return fmt.Errorf("empty batch: response %.500s, want no batchItemFailures", response)
		}
		return nil
	}}
}
