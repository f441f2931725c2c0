package pipeline

import (
	"encoding/json"
	"time"

	"rental.example/functions/local/sandbox"
)

// failureRecord is the message to the on-failure destination about discarded records of a stream: their positions, not
// their contents.
// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
type failureRecord struct {
	RequestContext  failureRequest   `json:"requestContext"`
	ResponseContext *failureResponse `json:"responseContext,omitempty"` // nil without an attempt
	Version         string           `json:"version"`
	Timestamp       string           `json:"timestamp"`
	Batch           failureBatch     `json:"DDBStreamBatchInfo"`
}

type failureRequest struct {
	RequestID   string `json:"requestId"`
	FunctionARN string `json:"functionArn"`
	Condition   string `json:"condition"`
	InvokeCount int    `json:"approximateInvokeCount"`
}

type failureResponse struct {
	StatusCode      int    `json:"statusCode"`
	ExecutedVersion string `json:"executedVersion"`
	FunctionError   string `json:"functionError,omitempty"`
}

type failureBatch struct {
	ShardID      string `json:"shardId"`
	Start        string `json:"startSequenceNumber"`
	End          string `json:"endSequenceNumber"`
	FirstArrived string `json:"approximateArrivalOfFirstRecord"`
	LastArrived  string `json:"approximateArrivalOfLastRecord"`
	Size         int    `json:"batchSize"`
	StreamARN    string `json:"streamArn"`
}

// discard gives up the first n records of s and sends their failureRecord.
func (c *streamConsumer) discard(shard Shard, s segment, n int, condition string) {
	if c.failureQueue == nil {
		return
	}
	first, last := s.records[0], s.records[n-1]
	p := failureRecord{
		RequestContext: failureRequest{
			RequestID: c.failureQueue.newID(), FunctionARN: sandbox.Function{Name: c.Function}.ARN(),
			Condition: condition, InvokeCount: s.retries,
		},
		Version: "1.0", Timestamp: time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		Batch: failureBatch{
			ShardID: shard.ID(), Start: first.Sequence, End: last.Sequence, Size: n, StreamARN: c.source.ARN(),
			FirstArrived: first.Arrived.UTC().Format(time.RFC3339), LastArrived: last.Arrived.UTC().Format(time.RFC3339),
		},
	}
	if s.retries > 0 {
		p.ResponseContext = &failureResponse{StatusCode: 200, ExecutedVersion: "$LATEST"}
		if s.err != nil {
			p.ResponseContext.FunctionError = "Unhandled"
		}
	}
	body, _ := json.Marshal(p) // strings and numbers always encode
	c.failureQueue.send(string(body), nil, "", 0)
}
