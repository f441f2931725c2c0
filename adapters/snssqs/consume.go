package snssqs

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/lambdafn"
	"rental.example/domain"
)

// The end of a function's time. A function that is cut off has failed with every message of its batch, those
// that it was done with included.
const (
	// MinMessageTime has to be left of it for another message to be begun: one attempt of one call to a store at
	// its longest, and the answer. Messages that wait for a store with less come back all the same.
	MinMessageTime = 4 * time.Second
)

// ProcessBatch hands the messages of a batch to handle, one after the other, and reports those that it returned an
// error for, or panicked on. It begins with no message but the first when less than MinMessageTime is left
// before the end of ctx, and reports the rest as failed. Handle's own context ends early enough to answer.
//
// The response is for a mapping with ReportBatchItemFailures. Its list is never null. A message without an id,
// as SQS sends none, is reported by the empty one when it fails; Lambda takes that for the failure of all.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
func ProcessBatch(ctx context.Context, batch events.SQSEvent, handle func(context.Context, events.SQSMessage) error) events.SQSEventResponse {
	response := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	end, limited := ctx.Deadline()
	ctx, cancel := domain.WithReserve(ctx, lambdafn.ResponseReserve)
	defer cancel()
	for i, message := range batch.Records {
		late := limited && i > 0 && time.Until(end) < MinMessageTime
		if late || lambdafn.Recover(func() error { return handle(ctx, message) }) != nil {
			failure := events.SQSBatchItemFailure{ItemIdentifier: message.MessageId}
			response.BatchItemFailures = append(response.BatchItemFailures, failure)
		}
	}
	return response
}
