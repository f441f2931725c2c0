// Command bootstrap is the republish function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants the
// binary under this name.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/coldstart"
	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/adapters/lambdaenv"
	"rental.example/adapters/snssqs"
	"rental.example/functions/republish"
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
		records = dynamousers.New(dynamo.NewClient(env.AWS("DYNAMODB")), env.Required("USERS_TABLE"))
		topic   = snssqs.NewTopic(snssqs.NewTopicClient(env.AWS("SNS")), env.Required("USER_EVENTS_TOPIC_ARN"))
		name    = env.Optional("POWERTOOLS_SERVICE_NAME", "republish")
		logger  = cloudwatch.NewLogger(os.Stdout, env.LogLevel(), name)
		metrics = cloudwatch.NewMetrics(os.Stdout, env.Optional("POWERTOOLS_METRICS_NAMESPACE", "rental"), name, time.Now)
	)
	if err := env.Err(); err != nil {
		return err
	}
	coldstart.WarmUp(func(ctx context.Context) error {
		_, err := records.Scan(ctx, "", 1)
		return err
	})
	lambda.Start(republish.New(records, topic, republish.Config{Now: time.Now, Logger: logger, Metrics: metrics}).Handle)
	return nil
}
