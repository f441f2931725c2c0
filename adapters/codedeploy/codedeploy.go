// Package codedeploy is what a lifecycle hook of AWS CodeDeploy needs: to invoke a version of a function, and to
// report what came of it.
package codedeploy

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"rental.example/adapters/httpclient"
)

// Hook names one run of a lifecycle hook; it is the event that CodeDeploy sends.
// https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
type Hook struct {
	DeploymentID string `json:"DeploymentId"`
	ExecutionID  string `json:"LifecycleEventHookExecutionId"`
}

// VersionsAPI is the part of Lambda that Versions needs; *lambda.Client has it.
type VersionsAPI interface {
	Invoke(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// Versions invokes versions of functions. It is safe for concurrent use.
type Versions struct{ api VersionsAPI }

// NewVersions makes a Versions.
func NewVersions(api VersionsAPI) *Versions { return &Versions{api: api} }

// NewVersionsClient makes a client that waits for a response as long as the context allows, since a function may take
// its whole timeout.
func NewVersionsClient(cfg aws.Config) *lambda.Client { return lambda.NewFromConfig(patient(cfg)) }

// Invoke returns the response of a version, which its ARN names, to an event. A function that crashed or timed out is
// an error, with what Lambda says of it.
func (v *Versions) Invoke(ctx context.Context, version string, event []byte) ([]byte, error) {
	answer, err := v.api.Invoke(ctx, &lambda.InvokeInput{FunctionName: &version, Payload: event})
	if err != nil {
		return nil, fmt.Errorf("codedeploy: Invoke %s: %w", version, err)
	}
	if answer.FunctionError != nil {
		return nil, fmt.Errorf("codedeploy: Invoke %s: %s: %.500s", version, *answer.FunctionError, answer.Payload)
	}
	return answer.Payload, nil
}

// DeploymentsAPI is the part of CodeDeploy that Deployments needs; *codedeploy.Client has it.
type DeploymentsAPI interface {
	PutLifecycleEventHookExecutionStatus(context.Context, *codedeploy.PutLifecycleEventHookExecutionStatusInput,
		...func(*codedeploy.Options)) (*codedeploy.PutLifecycleEventHookExecutionStatusOutput, error)
}

// Deployments reports to CodeDeploy. It is safe for concurrent use.
type Deployments struct{ api DeploymentsAPI }

// NewDeployments makes a Deployments.
func NewDeployments(api DeploymentsAPI) *Deployments { return &Deployments{api: api} }

// NewDeploymentsClient makes a client with a timeout of some seconds for each attempt.
func NewDeploymentsClient(cfg aws.Config) *codedeploy.Client {
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = httpclient.New(reportTimeout, 1)
	}
	return codedeploy.NewFromConfig(cfg)
}

const reportTimeout = 3 * time.Second

// Report says whether the deployment of h may go on. Without a report, CodeDeploy waits for an hour, and then takes
// the deployment back.
func (d *Deployments) Report(ctx context.Context, h Hook, succeeded bool) error {
	status := types.LifecycleEventStatusFailed
	if succeeded {
		status = types.LifecycleEventStatusSucceeded
	}
	_, err := d.api.PutLifecycleEventHookExecutionStatus(ctx, &codedeploy.PutLifecycleEventHookExecutionStatusInput{
		DeploymentId: &h.DeploymentID, LifecycleEventHookExecutionId: &h.ExecutionID, Status: status,
	})
	if err != nil {
		return fmt.Errorf("codedeploy: PutLifecycleEventHookExecutionStatus: %w", err)
	}
	return nil
}

// patient is a configuration with one attempt and no timeout but the context's: a second attempt would invoke a slow
// version twice.
func patient(cfg aws.Config) aws.Config {
	cfg.RetryMaxAttempts = 1
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = httpclient.New(0, 1)
	}
	return cfg
}
