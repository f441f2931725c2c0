// Package snssqs publishes and consumes user events through Amazon SNS and SQS.
//
// Topic publishes events in the CloudEvents 1.0 format. ParseOwnerEvent parses the messages of a queue that is
// subscribed with raw message delivery, and ProcessBatch handles a batch of them with partial failures. Queue sends
// to a queue, such as a dead-letter queue.
//
// https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
package snssqs
