// Package codedeploy invokes versions of functions and reports the result of a lifecycle hook to AWS CodeDeploy.
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

// Hook is the event that CodeDeploy sends to a lifecycle hook.
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

// NewVersions returns a Versions.
func NewVersions(api VersionsAPI) *Versions { return &Versions{api: api} }

// NewVersionsClient returns a client without a timeout of its own, since a function may take its whole timeout, and without
// retries, which would invoke a slow version twice.
func NewVersionsClient(cfg aws.Config) *lambda.Client {
	cfg.RetryMaxAttempts = 1
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = httpclient.New(0, 1)
	}
	return lambda.NewFromConfig(cfg)
}

// Invoke invokes a version, given by its ARN, and returns its response. It returns an error with Lambda's message if the
// function crashed or timed out.
func (v *Versions) Invoke(ctx context.Context, version string, event []byte) ([]byte, error) {
	response, err := v.api.Invoke(ctx, &lambda.InvokeInput{FunctionName: &version, Payload: event})
	if err != nil {
		return nil, fmt.Errorf("codedeploy: Invoke %s: %w", version, err)
	}
	if response.FunctionError != nil {
		return nil, fmt.Errorf("codedeploy: Invoke %s: %s: %.500s", version, *response.FunctionError, response.Payload)
	}
	return response.Payload, nil
}

// DeploymentsAPI is the part of CodeDeploy that Deployments needs; *codedeploy.Client has it.
type DeploymentsAPI interface {
	PutLifecycleEventHookExecutionStatus(context.Context, *codedeploy.PutLifecycleEventHookExecutionStatusInput,
		...func(*codedeploy.Options)) (*codedeploy.PutLifecycleEventHookExecutionStatusOutput, error)
}

// Deployments reports to CodeDeploy. It is safe for concurrent use.
type Deployments struct{ api DeploymentsAPI }

// NewDeployments returns a Deployments.
func NewDeployments(api DeploymentsAPI) *Deployments { return &Deployments{api: api} }

// NewDeploymentsClient returns a client with a timeout of three seconds for each attempt.
func NewDeploymentsClient(cfg aws.Config) *codedeploy.Client {
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = httpclient.New(reportTimeout, 1)
	}
	return codedeploy.NewFromConfig(cfg)
}

const reportTimeout = 3 * time.Second

// Report reports whether the deployment of h may continue. Without a report, CodeDeploy rolls back after an hour.
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
