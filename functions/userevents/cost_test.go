package userevents_test

import (
	"context"
	"encoding/json"
	"io"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/snssqs"
	"rental.example/functions/userevents"
)

// maxAllocations is the ceiling for one record of a whole batch, from the raw bytes of the event to the answer's,
// with every log line.
const maxAllocations = 60

const batchSize = 100

// willing is a topic that tells everything, at no cost.
type willing struct{ answer sns.PublishBatchOutput }

func newWilling() *willing {
	w := new(willing)
	for _, id := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		w.answer.Successful = append(w.answer.Successful, types.PublishBatchResultEntry{Id: aws.String(id), MessageId: aws.String("m")})
	}
	return w
}

func (w *willing) PublishBatch(context.Context, *sns.PublishBatchInput, ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	return &w.answer, nil
}

func fullBatch(t testing.TB) (h lambda.Handler, event []byte) {
	t.Helper()
	var records []json.RawMessage
	for n := range batchSize {
		records = append(records, changeOf(t, n+1, "Jane Doe"))
	}
	f := userevents.New(snssqs.NewTopic(newWilling(), "arn"), nil, userevents.Config{
		Now: clock, Logger: cloudwatch.NewLogger(io.Discard, 0, "userevents"), Metrics: cloudwatch.NewMetrics(io.Discard, "rental", "userevents", clock),
	})
	return lambda.NewHandler(f.Handle), batchOf(t, records...)
}

// underRaceDetector: it drops what sync.Pool keeps at random, so that counts mean nothing.
func underRaceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

func TestAllocations(t *testing.T) {
	if underRaceDetector() {
		t.Skip("counts without the race detector only")
	}
	h, event := fullBatch(t)
	ctx := invocation(t.Context())
	got := testing.AllocsPerRun(100, func() {
		if answer, err := h.Invoke(ctx, event); err != nil || string(answer) != `{"batchItemFailures":[]}` {
			t.Fatalf("%s, %v", answer, err)
		}
	}) / batchSize
	t.Logf("%v allocations a record", got)
	if got > maxAllocations {
		t.Errorf("%v allocations a record, want at most %d", got, maxAllocations)
	}
}

func BenchmarkBatch(b *testing.B) {
	h, event := fullBatch(b)
	ctx := invocation(b.Context())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Invoke(ctx, event); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batchSize), "ns/record")
}
