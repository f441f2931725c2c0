package snssqs

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/lambdafn"
	"rental.example/domain"
)

// MinMessageTime is the remaining time below which ProcessBatch starts no further message: one attempt of one call to a
// store, and the response. If an invocation times out, Lambda fails its whole batch, handled messages included.
const MinMessageTime = 4 * time.Second

// ProcessBatch calls handle for each message of a batch in order, and reports those for which it returns an error or
// panics. With less than MinMessageTime left before the deadline of ctx, it starts no message but the first and
// reports the rest as failed. The context of handle ends lambdafn.ResponseReserve before ctx.
//
// The response is for an event source mapping with ReportBatchItemFailures. BatchItemFailures is never null. A failed
// message without an ID, which SQS does not send, is reported by an empty ID, which fails the whole batch.
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
