// Package pretraffic is the function that CodeDeploy runs before a new version gets its first requests. It sends each
// new version an event whose response is known, and reports Failed unless every one responds so; then CodeDeploy
// moves no request, and the stack is rolled back. It is deployed where versions are taken gradually, in prod alone.
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

// checkTime is what a version has for its response: the longest timeout of a function that is checked, so that a
// version which would time out is given up no earlier than Lambda gives it up. reportTime is left for the report.
const (
	checkTime  = 31 * time.Second
	reportTime = 12 * time.Second
)

// Versions invokes versions of functions; *codedeploy.Versions is one.
type Versions interface {
	// Invoke returns the response of a version to an event. A function that crashed or timed out is an error.
	Invoke(ctx context.Context, version string, event []byte) ([]byte, error)
}

// Deployments takes the verdict; *codedeploy.Deployments is one.
type Deployments interface {
	// Report says whether the deployment of a hook may go on.
	Report(ctx context.Context, h codedeploy.Hook, succeeded bool) error
}

// Check is an event for a version, and what its response must be.
type Check struct {
	Version string // its ARN
	Event   string
	// Verify returns an error for a response other than the one that is known.
	Verify func(response []byte) error
}

// Function answers the invocations of the pretraffic function.
type Function struct {
	versions    Versions
	deployments Deployments
	checks      []Check
	logger      *slog.Logger
}

// New makes a Function of checks, all of which it makes for every deployment.
func New(versions Versions, deployments Deployments, checks []Check, logger *slog.Logger) *Function {
	return &Function{versions: versions, deployments: deployments, checks: checks, logger: logger}
}

// Handle checks all versions and reports. It fails only if the report cannot be made; Lambda then invokes it again.
func (f *Function) Handle(ctx context.Context, h codedeploy.Hook) error {
	succeeded := f.check(ctx)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTime)
	defer cancel()
	f.logger.InfoContext(ctx, "reported", "deployment_id", h.DeploymentID, "succeeded", succeeded)
	return f.deployments.Report(ctx, h, succeeded)
}

// check makes all checks at once, and reports whether there is one and all are good.
func (f *Function) check(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var failed atomic.Int64
	var all sync.WaitGroup
	for _, c := range f.checks {
		all.Go(func() {
			if err := f.invoke(ctx, c); err != nil {
				failed.Add(1)
				f.logger.ErrorContext(ctx, "version refused", "version", c.Version, "error", err.Error())
			}
		})
	}
	all.Wait()
	return len(f.checks) > 0 && failed.Load() == 0
}

// invoke makes one check. A panic fails it, so that the report is sent in any case.
func (f *Function) invoke(ctx context.Context, c Check) error {
	return lambdafn.Recover(func() error {
		response, err := f.versions.Invoke(ctx, c.Version, []byte(c.Event))
		if err != nil {
			return err
		}
		return c.Verify(response)
	})
}

// Unauthenticated checks a function behind the API: a request without a caller, of a route that wants one, is 401.
// It needs no store, and the whole way through start, router and response.
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
			return fmt.Errorf("%s %s without a caller responds %.500s, want status 401 with the code unauthenticated", method, resource, response)
		}
		return nil
	}}
}

// NoRecords checks a function of a stream or a queue: a batch of no records has no failures.
func NoRecords(version string) Check {
	return Check{Version: version, Event: `{"Records":[]}`, Verify: func(response []byte) error {
		var got struct {
			Failures []json.RawMessage `json:"batchItemFailures"`
		}
		if err := json.Unmarshal(response, &got); err != nil || len(got.Failures) > 0 {
			return fmt.Errorf("no records respond %.500s, want no batchItemFailures", response)
		}
		return nil
	}}
}
