// Command bootstrap is the pretraffic function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants
// the binary under this name.
package main

import (
	"rental.example/adapters/codedeploy"
	"rental.example/functions/bootstrap"
	"rental.example/functions/pretraffic"
)

func main() { bootstrap.Run("pretraffic", open) }

func open(env bootstrap.Environment) (bootstrap.Function, error) {
	versions := codedeploy.NewVersions(codedeploy.NewVersionsClient(env.AWS("LAMBDA")))
	deployments := codedeploy.NewDeployments(codedeploy.NewDeploymentsClient(env.AWS("CODEDEPLOY")))
	checks := []pretraffic.Check{
		pretraffic.Unauthenticated(env.Required("USERS_VERSION"), "GET", "/user"),
		pretraffic.NoRecords(env.Required("USER_EVENTS_VERSION")),
	}
	if version := env.Optional("ITEMS_VERSION", ""); version != "" { // without items there is none
		checks = append(checks, pretraffic.Unauthenticated(version, "POST", "/items"),
			pretraffic.NoRecords(env.Required("ITEM_SYNC_VERSION")))
	}
	return env.Events(pretraffic.New(versions, deployments, checks, env.Logger).Handle), nil
}
