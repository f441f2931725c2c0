// Package snssqs carries what happens to users from one service to others, through Amazon SNS and SQS.
//
// Topic tells events, in the envelope of CloudEvents 1.0. On the other side of a subscription with raw message
// delivery, ParseOwnerEvent reads them, and ProcessBatch hands a function the messages of a batch one by one and
// reports those that failed. Queue sends to a queue, such as one for dead letters.
//
// https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
package snssqs
