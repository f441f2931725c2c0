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
	"rental.example/adapters/memory/memoryusers"
)

// Budgets of POST /user, from the bytes of the event to those of the response, with the log line and the metrics. A new
// field of the profile takes some 80 bytes, for which they may be raised.
const (
	maxWireAllocations = 18
	maxWireBytes       = 2400
)

func invocation() context.Context {
	return lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{AwsRequestID: "invocation-1"})
}

// underRaceDetector reports whether the race detector is on. It empties sync.Pool at random, so counts are meaningless.
func underRaceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

func TestWireAllocations(t *testing.T) {
	if underRaceDetector() {
		t.Skip("counts without the race detector only")
	}
	raw := apigatewaytest.Event(t, root, "users", "save-creates")
	ctx, router := invocation(), newRouter(memoryusers.New(), io.Discard)
	result := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if response, err := router.Invoke(ctx, raw); err != nil || !bytes.Contains(response, []byte(`"statusCode":20`)) {
				b.Fatalf("%s, %v", response, err)
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

// BenchmarkSave compares the invocation of POST /user with the same one by aws-lambda-go, which decodes the event and
// encodes the response by reflection, and with the handler alone.
func BenchmarkSave(b *testing.B) {
	req, raw := realEvent(b)
	ctx := invocation()
	router := newRouter(memoryusers.New(), io.Discard)
	reflecting := lambda.NewHandler(router.Serve)
	runs := []struct {
		name string
		run  func()
	}{
		{"function", func() { _, _ = router.Serve(ctx, req) }},
		{"invocation", func() { _, _ = router.Invoke(ctx, raw) }},
		{"by-reflection", func() { _, _ = reflecting.Invoke(ctx, raw) }},
	}
	for _, r := range runs {
		b.Run(r.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.run()
			}
		})
	}
	b.Run("ratio", func(b *testing.B) { // alternating, since the machine's speed drifts
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

// realEvent returns a fixture with a token and the headers of a browser and of CloudFront.
func realEvent(b *testing.B) (req events.APIGatewayProxyRequest, raw []byte) {
	b.Helper()
	var event map[string]any
	if err := json.Unmarshal(apigatewaytest.Event(b, root, "users", "save-creates"), &event); err != nil {
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
