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

// FuzzHandle compares the decision about a request with that of encoding/json's tokens. A run from the start publishes all
// users, and the items service accepts what is published.
func FuzzHandle(f *testing.F) {
	for _, request := range apigatewaytest.Seeds(f, root, "republish") {
		f.Add(request)
	}
	f.Fuzz(func(t *testing.T, request []byte) {
		apigatewaytest.SkipLarge(t, request)
		if !json.Valid(request) {
			t.Skip("Lambda rejects the event")
		}
		got := invoke(t.Context(), seed(t, 3), new(snssqstest.Topic), io.Discard, request)
		after, valid := parseRequest(request)
		rejected := isRejection(got.Error)
		if rejected == valid || rejected && len(got.Published) > 0 {
			t.Errorf("%q: valid %t, and result %s, error %q", request, valid, got.Response, got.Error)
		}
		if got.Error == "" && after == "" && len(subjects(t, got.Published)) != 3 {
			t.Errorf("%q: published %s", request, got.Published)
		}
		for _, m := range got.Published {
			event, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: string(m.Body)})
			if err == nil {
				err = event.Event.Check(now)
			}
			if err != nil {
				t.Errorf("published, and rejected by the consumer: %v: %s", err, m.Body)
			}
		}
	})
}

// isRejection reports whether the error is about the request itself.
func isRejection(err string) bool {
	return strings.HasPrefix(err, "republish: ") && (strings.Contains(err, "field \"") || strings.HasSuffix(err, "expected an object"))
}

// parseRequest reads a request by tokens; valid is false for an unknown or repeated member or a wrong type.
func parseRequest(text []byte) (after string, valid bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	if start, _ := d.Token(); start != json.Delim('{') {
		return "", false
	}
	seen := map[any]bool{}
	for d.More() {
		name, _ := d.Token()
		value, _ := d.Token()
		_, isBool := value.(bool)
		s, isString := value.(string)
		if typed := (name == "raise" || name == "whole") && isBool || name == "after" && isString; !typed || seen[name] {
			return "", false
		}
		if seen[name] = true; name == "after" {
			after = s
		}
	}
	return after, true
}
