// Command bootstrap is the users function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants
// the binary under this name.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/coldstart"
	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/adapters/lambdaenv"
	"rental.example/functions/users"
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
		table   = env.Required("USERS_TABLE")
		origin  = env.Origin("ALLOWED_ORIGIN")
		client  = dynamo.NewClient(env.AWS("DYNAMODB"))
		name    = env.Optional("POWERTOOLS_SERVICE_NAME", "users")
		logger  = cloudwatch.NewLogger(os.Stdout, env.LogLevel(), name)
		metrics = cloudwatch.NewMetrics(os.Stdout, env.Optional("POWERTOOLS_METRICS_NAMESPACE", "rental"), name, time.Now)
	)
	if err := env.Err(); err != nil {
		return err
	}
	store := dynamousers.New(client, table)
	service := users.New(store, time.Now, logger)
	router := apigateway.NewRouter(service.Routes(), apigateway.Config{
		AllowedOrigin: origin, Logger: logger, Metrics: metrics, Now: time.Now,
	})
	coldstart.WarmUp(store.Ping)
	lambda.Start(router)
	return nil
}
