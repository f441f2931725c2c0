package users_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/memory"
)

// Ceilings for POST /user with the log line and the metrics written, in allocations: from the decoded event to the
// response, and from the event's bytes to the response's, for which there is one in bytes as well. They are budgets: a
// field more of the profile costs some 80 bytes, for which they may be raised; what grows without a reason is a mistake.
const (
	maxAllocations     = 13
	maxWireAllocations = 18
	maxWireBytes       = 2400
)

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
		t.Errorf("POST /user takes %v allocations, more than the budget of %d, maxAllocations", got, maxAllocations)
	}
}

func TestWireAllocations(t *testing.T) {
	if underRaceDetector() {
		t.Skip("counts without the race detector only")
	}
	_, raw := saveEvent(t)
	ctx, router := invocation(), newRouter(memory.NewUsers(), io.Discard)
	result := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if answer, err := router.Invoke(ctx, raw); err != nil || !bytes.Contains(answer, []byte(`"statusCode":20`)) {
				b.Fatalf("%s, %v", answer, err)
			}
		}
	})
	allocations, size := result.AllocsPerOp(), result.AllocedBytesPerOp()
	t.Logf("%d allocations of %d bytes", allocations, size)
	if allocations == 0 || allocations > maxWireAllocations || size > maxWireBytes {
		t.Errorf("POST /user takes %d allocations of %d bytes, more than the budget of %d and %d, maxWireAllocations and maxWireBytes",
			allocations, size, maxWireAllocations, maxWireBytes)
	}
}

// BenchmarkSave holds the whole invocation, bytes in and bytes out, against the same one by aws-lambda-go, which
// decodes the event and encodes the response by reflection, and against the function alone.
func BenchmarkSave(b *testing.B) {
	req, raw := realEvent(b)
	ctx := invocation()
	router := newRouter(memory.NewUsers(), io.Discard)
	reflecting := lambda.NewHandler(router.Serve)
	runs := []struct {
		name string
		run  func()
		per  float64
	}{
		{name: "function", run: func() { _, _ = router.Serve(ctx, req) }},
		{name: "invocation", run: func() { _, _ = router.Invoke(ctx, raw) }},
		{name: "by-reflection", run: func() { _, _ = reflecting.Invoke(ctx, raw) }},
	}
	for i := range runs {
		b.Run(runs[i].name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				runs[i].run()
			}
			runs[i].per = perOp(b)
			b.ReportMetric(runs[i].per/runs[0].per, "x-function")
		})
	}
	b.Run("ratio", func(b *testing.B) { // in turns, since the machine's speed drifts
		var spent [3]time.Duration
		for b.Loop() {
			for i := range runs {
				start := time.Now()
				for range 20 {
					runs[i].run()
				}
				spent[i] += time.Since(start)
			}
		}
		b.ReportMetric(float64(spent[1])/float64(spent[2]), "invocation/by-reflection")
		b.ReportMetric(float64(spent[1])/float64(spent[0]), "invocation/function")
	})
}

// realEvent is a fixture in the size that events have: with a token, and the headers of a browser and the edge.
func realEvent(b *testing.B) (req events.APIGatewayProxyRequest, raw []byte) {
	b.Helper()
	_, fixture := saveEvent(b)
	var event map[string]any
	if err := json.Unmarshal(fixture, &event); err != nil {
		b.Fatal(err)
	}
	single, multi := event["headers"].(map[string]any), event["multiValueHeaders"].(map[string]any)
	for name, value := range map[string]string{
		"Authorization": "Bearer " + strings.Repeat("eyJraWQiOiJ.", 90), "Accept-Encoding": "gzip, deflate, br, zstd", "Accept-Language": "en-GB,en;q=0.9",
		"CloudFront-Forwarded-Proto": "https", "CloudFront-Is-Desktop-Viewer": "true", "CloudFront-Is-Mobile-Viewer": "false",
		"CloudFront-Is-SmartTV-Viewer": "false", "CloudFront-Is-Tablet-Viewer": "false", "CloudFront-Viewer-ASN": "3320",
		"CloudFront-Viewer-Country": "DE", "origin": "https://app.example.com", "Referer": "https://app.example.com/profile",
		"sec-ch-ua": `"Chromium";v="142", "Not_A Brand";v="99"`, "sec-fetch-mode": "cors", "sec-fetch-site": "cross-site",
		"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
		"Via":        "2.0 0123456789abcdef.cloudfront.net (CloudFront)", "X-Amz-Cf-Id": "PnKPZ5rkd9yVvXZL3lQ5fJ3vB0Yp8GZ0mF3n5m2h6b8Q==",
	} {
		single[name], multi[name] = value, []string{value}
	}
	raw, err := json.Marshal(event)
	if err == nil {
		err = json.Unmarshal(raw, &req)
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d bytes", len(raw))
	return req, raw
}

func perOp(b *testing.B) float64 { return float64(b.Elapsed().Nanoseconds()) / float64(b.N) }
