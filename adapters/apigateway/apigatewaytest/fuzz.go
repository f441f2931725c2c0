package apigatewaytest

import (
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
)

// MaxFuzzInput is the size, in bytes, above which a fuzz target skips an event, and no fixture is a seed: what a large
// event shows, a small one does, too, in a fraction of the time.
const MaxFuzzInput = 16 << 10

// Seeds are the events of a function that a fuzz target starts from.
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

// Fuzz sends mutations of a function's events to handlers: whatever valid event comes in, a valid answer
// goes out, no 5xx, and no error without its problem. Each event is sent twice to the handler that
// newHandler makes, since the second finds what the first has left.
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
			answer := ParseResponse(t, raw)
			if answer.StatusCode >= 500 {
				t.Fatalf("status %d: %v", answer.StatusCode, answer.Body)
			}
			if answer.StatusCode >= 400 {
				checkProblem(t, answer)
			}
		}
	})
}

func checkProblem(t *testing.T, answer Response) {
	t.Helper()
	body, ok := answer.Body.(map[string]any)
	if !ok || answer.Headers["Content-Type"] != "application/problem+json" {
		t.Fatalf("status %d without a problem: %v %v", answer.StatusCode, answer.Headers, answer.Body)
	}
	for _, name := range []string{"type", "title", "code", "detail"} {
		if text, _ := body[name].(string); text == "" {
			t.Errorf("the problem has no %s: %v", name, body)
		}
	}
	if body["status"] != float64(answer.StatusCode) {
		t.Errorf("the problem's status is %v, the answer's %d", body["status"], answer.StatusCode)
	}
}
