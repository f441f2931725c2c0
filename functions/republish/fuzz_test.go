package republish_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/snssqs"
	"rental.example/adapters/snssqs/snssqstest"
)

// FuzzHandle: an order is carried out or refused, and nobody is left out of one that finishes. Which orders are refused is
// decided by encoding/json's own reading, and what is published is what the items service takes.
func FuzzHandle(f *testing.F) {
	for _, order := range apigatewaytest.Seeds(f, root, "republish") {
		f.Add(order)
	}
	f.Fuzz(func(t *testing.T, order []byte) {
		apigatewaytest.SkipLarge(t, order)
		if !json.Valid(order) {
			t.Skip("Lambda takes no such event")
		}
		topic := new(snssqstest.Topic)
		got := invoke(t.Context(), seed(t, 3), topic, io.Discard, order)
		after, good := orderIn(order)
		if !good && (got.Error == "" || len(got.Published) > 0) {
			t.Errorf("%q is no order, and came to %s", order, got.Answer)
		}
		if good && strings.Contains(got.Error, "the order has to be") {
			t.Errorf("%q is an order, and is refused: %s", order, got.Error)
		}
		if got.Error == "" && after == "" && len(subjects(t, got.Published)) != 3 {
			t.Errorf("%q: told %s", order, got.Published)
		}
		for _, m := range got.Published {
			heard, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: string(m.Body)})
			if err == nil {
				err = heard.Event.Check(now)
			}
			if err != nil {
				t.Errorf("published, and refused by the consumer: %v: %s", err, m.Body)
			}
		}
	})
}

// orderIn reads an order member by member; good is false where a member has another name, another type, or is there
// twice.
func orderIn(text []byte) (after string, good bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	if start, _ := d.Token(); start != json.Delim('{') {
		return "", false
	}
	seen := map[any]bool{}
	for d.More() {
		name, _ := d.Token()
		value, _ := d.Token()
		_, isBool := value.(bool)
		said, isText := value.(string)
		if fits := (name == "raise" || name == "whole") && isBool || name == "after" && isText; !fits || seen[name] {
			return "", false
		}
		if seen[name] = true; name == "after" {
			after = said
		}
	}
	return after, true
}
