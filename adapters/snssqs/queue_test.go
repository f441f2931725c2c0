package snssqs_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/snssqs"
	"rental.example/adapters/snssqs/snssqstest"
	"rental.example/domain"
)

func TestQueue(t *testing.T) {
	t.Parallel()
	api := new(snssqstest.Queue)
	queue := snssqs.NewQueue(api, "https://sqs/queue")
	body := json.RawMessage("{\"name\":\"\uFFFE\uFFFF\xff\"}")
	if err := queue.Send(t.Context(), body, map[string]string{"reason": "why", "eventId": ""}); err != nil {
		t.Fatal(err)
	}
	want := []snssqstest.Message{{Attributes: map[string]string{"reason": "why"}, Body: json.RawMessage(`{"name":"\ufffe\uffff\ufffd"}`)}}
	if diff := cmp.Diff(want, api.Messages()); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	attributes := map[string]string{"reason": "why"}
	const size = len("reason") + len("String") + len("why")
	for n, want := range map[int]error{snssqs.MaxBytes - size: nil, snssqs.MaxBytes - size + 1: snssqs.ErrTooLong} {
		if err := queue.Send(t.Context(), []byte(strings.Repeat("1", n)), attributes); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v, want %v", n, err, want)
		}
	}
	api.Err = errors.New("AccessDenied")
	if err := queue.Send(t.Context(), body, nil); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("access denied: %v", err)
	}
}
