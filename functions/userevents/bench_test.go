package userevents_test

import (
	"context"
	"encoding/json"
	"io"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/snssqs"
	"rental.example/functions/userevents"
)

const (
	benchBatch = 100
	// maxAllocations is the budget of one record of a batch of benchBatch, from the bytes of the event to those of the
	// response, with all log lines.
	maxAllocations = 60
)

// fixedTopic publishes every event, without allocations of its own.
type fixedTopic sns.PublishBatchOutput

func (f *fixedTopic) PublishBatch(context.Context, *sns.PublishBatchInput, ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	return (*sns.PublishBatchOutput)(f), nil
}

// fullBatch returns a function with a fixedTopic, and a batch of benchBatch records.
func fullBatch(t testing.TB) (h lambda.Handler, event []byte) {
	t.Helper()
	topic := new(fixedTopic)
	for n := range snssqs.MaxBatch {
		topic.Successful = append(topic.Successful, types.PublishBatchResultEntry{Id: aws.String(strconv.Itoa(n)), MessageId: aws.String("m")})
	}
	var records []json.RawMessage
	for n := range benchBatch {
		records = append(records, changeOf(t, n+1, "Jane Doe"))
	}
	f := userevents.New(snssqs.NewTopic(topic, "arn"), nil, userevents.Config{
		Now: clock, Logger: cloudwatch.NewLogger(io.Discard, 0, "userevents"), Metrics: cloudwatch.NewMetrics(io.Discard, "rental", "userevents", clock),
	})
	return lambda.NewHandler(f.Handle), batchOf(t, records...)
}

func invokeFullBatch(ctx context.Context, t testing.TB, h lambda.Handler, event []byte) {
	if response, err := h.Invoke(ctx, event); err != nil || string(response) != `{"batchItemFailures":[]}` {
		t.Fatalf("%s, %v", response, err)
	}
}

func TestAllocations(t *testing.T) {
	info, ok := debug.ReadBuildInfo()
	if ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("the race detector empties sync.Pool at random, so counts are meaningless")
	}
	h, event := fullBatch(t)
	ctx := invocation(t.Context())
	got := testing.AllocsPerRun(100, func() { invokeFullBatch(ctx, t, h, event) }) / benchBatch
	t.Logf("%v allocations a record", got)
	if got == 0 || got > maxAllocations {
		t.Errorf("%v allocations a record, want at most maxAllocations = %d", got, maxAllocations)
	}
}

// BenchmarkBatch handles a batch of benchBatch records, from the bytes of the event to those of the response.
func BenchmarkBatch(b *testing.B) {
	h, event := fullBatch(b)
	ctx := invocation(b.Context())
	b.ReportAllocs()
	for b.Loop() {
		invokeFullBatch(ctx, b, h, event)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*benchBatch), "ns/record")
}
