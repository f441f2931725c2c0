// Command bootstrap is the pretraffic function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants the
// binary under this name.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/codedeploy"
	"rental.example/adapters/lambdaenv"
	"rental.example/functions/pretraffic"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	env := lambdaenv.New(os.Getenv)
	var (
		versions    = codedeploy.NewVersions(codedeploy.NewVersionsClient(env.AWS("LAMBDA")))
		deployments = codedeploy.NewDeployments(codedeploy.NewDeploymentsClient(env.AWS("CODEDEPLOY")))
		logger      = cloudwatch.NewLogger(os.Stdout, env.LogLevel(), env.Optional("POWERTOOLS_SERVICE_NAME", "pretraffic"))
		checks      = []pretraffic.Check{
			pretraffic.Unauthenticated(env.Required("USERS_VERSION"), "GET", "/user"),
			pretraffic.NoRecords(env.Required("USER_EVENTS_VERSION")),
		}
	)
	if version := env.Optional("ITEMS_VERSION", ""); version != "" { // without items there is none
		checks = append(checks, pretraffic.Unauthenticated(version, "POST", "/items"),
			pretraffic.NoRecords(env.Required("ITEM_SYNC_VERSION")))
	}
	if err := env.Err(); err != nil {
		return err
	}
	lambda.Start(pretraffic.New(versions, deployments, checks, logger).Handle)
	return nil
}
