// Command bootstrap is the republish function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants
// the binary under this name.
package main

import (
	"context"
	"time"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/adapters/snssqs"
	"rental.example/functions/bootstrap"
	"rental.example/functions/republish"
)

func main() { bootstrap.Run("republish", open) }

func open(env bootstrap.Environment) (bootstrap.Function, error) {
	records := dynamousers.New(dynamo.NewClient(env.AWS("DYNAMODB")), env.Required("USERS_TABLE"))
	topic := snssqs.NewTopic(snssqs.NewTopicClient(env.AWS("SNS")), env.Required("USER_EVENTS_TOPIC_ARN"))
	readOne := func(ctx context.Context) error {
		_, err := records.Scan(ctx, "", 1)
		return err
	}
	return env.Events(republish.New(records, topic, republish.Config{Now: time.Now, Logger: env.Logger, Metrics: env.Metrics}).Handle, readOne), nil
}
