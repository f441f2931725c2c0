package users_test

import (
	"context"
	"encoding/json"
	"io"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/memory"
)

// maxAllocations is the ceiling for POST /user from the decoded event to the response, with the log line
// and the metrics written.
const maxAllocations = 25

// event is the fixture of that name.
func event(t testing.TB, name string) []byte {
	t.Helper()
	for _, c := range apigatewaytest.Cases(t, root, "users") {
		if c.Name == name {
			return c.Event
		}
	}
	t.Fatalf("no event %s", name)
	return nil
}

func saveEvent(t testing.TB) (req events.APIGatewayProxyRequest, raw []byte) {
	t.Helper()
	raw = event(t, "save-creates")
	if err := json.Unmarshal(raw, &req); err != nil {
		t.Fatal(err)
	}
	return req, raw
}

func invocation() context.Context {
	return lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{AwsRequestID: "invocation-1"})
}

// underRaceDetector: it drops what sync.Pool keeps at random, so that counts mean nothing.
func underRaceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

func TestSaveAllocations(t *testing.T) {
	if underRaceDetector() {
		t.Skip("counts without the race detector only")
	}
	req, _ := saveEvent(t)
	ctx, router := invocation(), newRouter(memory.NewUsers(), io.Discard)
	got := testing.AllocsPerRun(1000, func() {
		if resp, _ := router.Serve(ctx, req); resp.StatusCode >= 300 {
			t.Fatalf("status %d: %s", resp.StatusCode, resp.Body)
		}
	})
	t.Logf("%v allocations", got)
	if got > maxAllocations {
		t.Errorf("POST /user takes %v allocations, want at most %d", got, maxAllocations)
	}
}

// BenchmarkSave compares the function alone with the whole invocation, which also decodes the event and
// encodes the response by reflection; that is aws-lambda-go's part.
func BenchmarkSave(b *testing.B) {
	req, raw := saveEvent(b)
	ctx := invocation()
	router := newRouter(memory.NewUsers(), io.Discard)
	handler := newHandler(memory.NewUsers(), io.Discard)
	var alone, whole float64
	b.Run("function", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = router.Serve(ctx, req)
		}
		alone = perOp(b)
	})
	b.Run("invocation", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = handler.Invoke(ctx, raw)
		}
		whole = perOp(b)
		b.ReportMetric(whole/alone, "x-function")
	})
}

func perOp(b *testing.B) float64 { return float64(b.Elapsed().Nanoseconds()) / float64(b.N) }
