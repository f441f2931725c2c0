package apigatewaytest_test

import (
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
)

// recorder records whether a test failed.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

// TestCheckNoSecrets has outputs with and without data of an event.
func TestCheckNoSecrets(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		event, output string
		leaks         bool
	}{
		"value":         {`{"body":"{\"name\":\"Jane Doe\"}"}`, `{"error":"name Jane Doe"}`, true},
		"base64":        {`{"isBase64Encoded":true,"body":"eyJuYW1lIjoiSmFuZSBEb2UifQ=="}`, `{"error":"name Jane Doe"}`, true},
		"member's name": {`{"body":"{\"jane@example.com\":1}"}`, `{"error":"unknown jane@example.com"}`, true},
		"number":        {`{"body":"{\"ratings\":3.14159}"}`, `{"error":"ratings 3.14159"}`, true},
		"no JSON":       {`{"body":"{\"name\":\"Jane Doe"}`, `{"error":"broken Jane Doe"}`, true},
		"escaped":       {`{"headers":{"Authorization":"Bearer \u0061b\u00e9c"}}`, `{"error":"Bearer ab\u00e9c"}`, true},
		"image":         {`{"Records":[{"dynamodb":{"NewImage":{"email":{"S":"jane@example.com"}}}}]}`, `{"error":"jane@example.com"}`, true},
		"id":            {`{"requestContext":{"requestId":"0ca7504f"},"body":"{}"}`, `{"api_request_id":"0ca7504f"}`, false},
		"another word":  {`{"body":"{\"tag\":\"loud\"}"}`, `{"_aws":"CloudWatch, cloudwatch"}`, false},
		"nothing":       {`{}`, ``, true},
	} {
		r := &recorder{TB: t}
		apigatewaytest.Case{Name: name, Event: []byte(test.event)}.CheckNoSecrets(r, test.output)
		if r.failed != test.leaks {
			t.Errorf("%s: leaks %t, want %t", name, r.failed, test.leaks)
		}
	}
}
