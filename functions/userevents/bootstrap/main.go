// Command bootstrap is the userevents function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants
// the binary under this name.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/lambdaenv"
	"rental.example/adapters/snssqs"
	"rental.example/functions/userevents"
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
		topic   = snssqs.NewTopic(snssqs.NewTopicClient(env.AWS("SNS")), env.Required("USER_EVENTS_TOPIC_ARN"))
		dead    = snssqs.NewQueue(snssqs.NewQueueClient(env.AWS("SQS")), env.Required("USER_EVENTS_DEAD_LETTER_QUEUE_URL"))
		name    = env.Optional("POWERTOOLS_SERVICE_NAME", "userevents")
		logger  = cloudwatch.NewLogger(os.Stdout, env.LogLevel(), name)
		metrics = cloudwatch.NewMetrics(os.Stdout, env.Optional("POWERTOOLS_METRICS_NAMESPACE", "rental"), name, time.Now)
	)
	if err := env.Err(); err != nil {
		return err
	}
	lambda.Start(userevents.New(topic, dead, userevents.Config{Now: time.Now, Logger: logger, Metrics: metrics}).Handle)
	return nil
}
