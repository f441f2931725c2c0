// Command bootstrap is the userevents function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants
// the binary under this name.
package main

import (
	"time"

	"rental.example/adapters/snssqs"
	"rental.example/functions/bootstrap"
	"rental.example/functions/userevents"
)

func main() { bootstrap.Run("userevents", open) }

func open(env bootstrap.Environment) (bootstrap.Function, error) {
	topic := snssqs.NewTopic(snssqs.NewTopicClient(env.AWS("SNS")), env.Required("USER_EVENTS_TOPIC_ARN"))
	dead := snssqs.NewQueue(snssqs.NewQueueClient(env.AWS("SQS")), env.Required("USER_EVENTS_DEAD_LETTER_QUEUE_URL"))
	return env.Events(userevents.New(topic, dead, userevents.Config{Now: time.Now, Logger: env.Logger, Metrics: env.Metrics}).Handle), nil
}
