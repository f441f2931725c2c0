package apigatewaytest

import (
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
)

// MaxFuzzInput is the maximum size in bytes of an event in a fuzz target. Larger ones are slow and find nothing more.
const MaxFuzzInput = 16 << 10

// Seeds returns the seed events of a fuzz target.
func Seeds(t testing.TB, root, function string) (events [][]byte) {
	t.Helper()
	for _, c := range Cases(t, root, function) {
		if len(c.Event) <= MaxFuzzInput {
			events = append(events, c.Event)
		}
	}
	return events
}

// SkipLarge skips an event that is larger than MaxFuzzInput.
func SkipLarge(t *testing.T, event []byte) {
	t.Helper()
	if len(event) > MaxFuzzInput {
		t.Skip("larger than MaxFuzzInput")
	}
}

// Fuzz invokes handlers with mutations of the events of a function. The response to a valid event must be valid, without
// 5xx, and with a problem for each error. Each event is sent twice to one handler, since the first may change the store.
func Fuzz(f *testing.F, root, function string, newHandler func(t *testing.T) lambda.Handler) {
	for _, event := range Seeds(f, root, function) {
		f.Add(event)
	}
	f.Fuzz(func(t *testing.T, event []byte) {
		SkipLarge(t, event)
		h := newHandler(t)
		for range 2 {
			raw, err := h.Invoke(invocation("invocation-1"), event)
			if err != nil {
				t.Skip("not an event")
			}
			response := ParseResponse(t, raw)
			if response.StatusCode >= 500 {
				t.Fatalf("status %d: %v", response.StatusCode, response.Body)
			}
			if response.StatusCode >= 400 {
				checkProblem(t, response)
			}
		}
	})
}

func checkProblem(t *testing.T, response Response) {
	t.Helper()
	body, ok := response.Body.(map[string]any)
	if !ok || response.Headers["Content-Type"] != "application/problem+json" {
		t.Fatalf("status %d without a problem: %v %v", response.StatusCode, response.Headers, response.Body)
	}
	for _, name := range []string{"type", "title", "code", "detail"} {
		if text, _ := body[name].(string); text == "" {
			t.Errorf("the problem has no %s: %v", name, body)
		}
	}
	if body["status"] != float64(response.StatusCode) {
		t.Errorf("the problem's status is %v, the response's %d", body["status"], response.StatusCode)
	}
}
