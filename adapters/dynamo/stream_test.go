package dynamo_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamotest"
)

// sample is a record of a table with a stream.
type sample struct {
	Sensor, Day, Note string
	Count             int64
	Value             float64
	Valid             bool
}

func (s sample) item() (dynamo.Attributes, error) {
	if s == (sample{}) {
		return nil, nil
	}
	return dynamo.Attributes{
		"sensor": dynamo.String(s.Sensor), "day": dynamo.String(s.Day), "note": dynamo.String(s.Note),
		"count": dynamo.Integer(s.Count), "value": dynamo.Float(s.Value), "valid": dynamo.Bool(s.Valid),
	}, nil
}

func decodeSample(image dynamo.Image) (s sample, err error) {
	err = image.Decode(func(name string, value dynamo.ImageValue) (err error) {
		switch name {
		case "sensor":
			s.Sensor, err = value.Text()
		case "day":
			s.Day, err = value.Text()
		case "note":
			s.Note, err = value.Text()
		case "count":
			s.Count, err = value.Integer()
		case "value":
			s.Value, err = value.Float()
		case "valid":
			s.Valid, err = value.Bool()
		}
		return err
	})
	return s, err
}

func parse(record json.RawMessage) (dynamo.Change[sample], error) {
	return dynamo.ParseChange(record, readingKeys, decodeSample)
}

func streamRecord(t *testing.T, c dynamo.Change[sample]) json.RawMessage {
	t.Helper()
	record, err := c.Record("samples", readingKeys, time.Unix(4102488000, 0), sample.item)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func sampleChange() dynamo.Change[sample] {
	return dynamo.Change[sample]{
		EventID: "f07f8ca4b0b26cb9c4e5e77e69f274ee", SequenceNumber: "1405400000000002063282832",
		Before: sample{Sensor: "attic", Day: "monday", Note: "cold", Count: 1, Value: 4.5, Valid: true},
		After:  sample{Sensor: "attic", Day: "monday", Note: "fine", Count: 2, Value: 20.25, Valid: true},
	}
}

func TestChangeRecord(t *testing.T) {
	t.Parallel()
	none, both := sample{}, sampleChange()
	for eventName, want := range map[string]dynamo.Change[sample]{
		"INSERT": {EventID: "1", SequenceNumber: "2", Before: none, After: both.After}, "MODIFY": both,
		"REMOVE": {EventID: "1", SequenceNumber: "2", Before: both.Before, After: none},
	} {
		record := streamRecord(t, want)
		if got, err := parse(record); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", eventName, got, err, want)
		}
		if got := dynamotest.Tree(t, record)["eventName"]; got != eventName {
			t.Errorf("%s: the eventName is %v", eventName, got)
		}
	}
	if record, err := (dynamo.Change[sample]{EventID: "1"}).Record("samples", readingKeys, time.Time{}, sample.item); err == nil {
		t.Errorf("the zero change has the record %s", record)
	}
}

// TestMalformedChange edits one member of a valid record each. The error names it and has no value, and the EventID and
// SequenceNumber are returned.
func TestMalformedChange(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ path, value, want string }{
		"another source":        {"eventSource", `"aws:kinesis"`, "eventSource is not aws:dynamodb"},
		"no source":             {"eventSource", "", "eventSource is not aws:dynamodb"},
		"no event":              {"eventName", "", "eventName is not"},
		"another event":         {"eventName", `"modify"`, "eventName is not"},
		"keys only":             {"dynamodb/StreamViewType", `"KEYS_ONLY"`, "StreamViewType is not"},
		"no change":             {"dynamodb", "null", "has no SequenceNumber"},
		"no keys":               {"dynamodb/Keys", "", "Keys: is not an object"},
		"another key":           {"dynamodb/Keys/sensor", `{"S":"somebody"}`, "OldImage: sensor is not that of Keys"},
		"another id":            {"dynamodb/NewImage/sensor", `{"S":"somebody"}`, "NewImage: sensor is not that of Keys"},
		"no old image":          {"dynamodb/OldImage", "", "images do not match eventName"},
		"no new image":          {"dynamodb/NewImage", "", "images do not match eventName"},
		"images, but inserted":  {"eventName", `"INSERT"`, "images do not match eventName"},
		"images, but removed":   {"eventName", `"REMOVE"`, "images do not match eventName"},
		"a null image":          {"dynamodb/NewImage", "null", "NewImage: is not an object"},
		"an empty image":        {"dynamodb/NewImage", "{}", "NewImage: sensor is not that of Keys"},
		"a count too big":       {"dynamodb/NewImage/count", `{"N":"12345678901234567890"}`, "attribute count has an N that is not an integer"},
		"an exponent":           {"dynamodb/NewImage/count", `{"N":"1e3"}`, "attribute count has an N that is not an integer"},
		"a signed count":        {"dynamodb/NewImage/count", `{"N":"+5"}`, "attribute count has an N that is not a number"},
		"a bare number":         {"dynamodb/NewImage/count", `{"N":5}`, "attribute count has an N that is not a number"},
		"string as count":       {"dynamodb/NewImage/count", `{"S":"5"}`, "attribute count is not of the one type N"},
		"two types":             {"dynamodb/NewImage/count", `{"N":"5","S":"5"}`, "attribute count is not of the one type N"},
		"a type in lower case":  {"dynamodb/NewImage/count", `{"n":"5"}`, "attribute count is not of the one type N"},
		"no type":               {"dynamodb/NewImage/count", `{}`, "attribute count is empty"},
		"no attribute value":    {"dynamodb/NewImage/count", `"5"`, "attribute count is not an object"},
		"a list as note":        {"dynamodb/NewImage/note", `{"S":["fine"]}`, "attribute note has an S that is not a string"},
		"value of nothing":      {"dynamodb/NewImage/value", `{"N":"NaN"}`, "attribute value has an N that is not a number"},
		"endless value":         {"dynamodb/NewImage/value", `{"N":"1e400"}`, "attribute value has an N that is not a number"},
		"a text as truth":       {"dynamodb/NewImage/valid", `{"BOOL":"true"}`, "attribute valid has a BOOL"},
		"another sort key":      {"dynamodb/NewImage/day", `{"S":"sunday"}`, "NewImage: day is not that of Keys"},
		"a key of another type": {"dynamodb/NewImage/day", `{"N":"5"}`, "NewImage: day is not that of Keys"},
		"keys of another table": {"dynamodb/Keys", `{"id":{"S":"x"}}`, "OldImage: sensor is not that of Keys"},
	}
	good := sampleChange()
	record := streamRecord(t, good)
	for name, test := range tests {
		got, err := parse(dynamotest.EditRecord(t, record, test.path, test.value))
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "dynamo: stream record: ") {
			t.Errorf("%s: got error %v, want %q", name, err, test.want)
			continue
		}
		for _, value := range []string{"attic", "monday", "fine", "somebody", "sunday"} {
			if strings.Contains(err.Error(), value) {
				t.Errorf("%s: the error contains %q: %v", name, value, err)
			}
		}
		want := dynamo.Change[sample]{EventID: good.EventID, SequenceNumber: good.SequenceNumber}
		if name == "no change" {
			want.SequenceNumber = ""
		}
		if got != want {
			t.Errorf("%s: got %+v with the error; want %+v", name, got, want)
		}
	}
	for _, name := range []string{"eventID", "dynamodb/SequenceNumber"} {
		for _, value := range []string{"", "null", `""`, "5", "{}"} {
			if _, err := parse(dynamotest.EditRecord(t, record, name, value)); err == nil {
				t.Errorf("%s %q is accepted", name, value)
			}
		}
	}
}

// TestIgnoredMembers edits members that ParseUserChange ignores.
func TestIgnoredMembers(t *testing.T) {
	t.Parallel()
	want := sampleChange()
	record := streamRecord(t, want)
	for name, e := range map[string]struct{ path, value string }{
		"unknown attribute":       {"dynamodb/NewImage/colour", `{"L":[{"S":"}\"]"},{"M":{"a":{"NULL":true}}}]}`},
		"attribute in upper case": {"dynamodb/NewImage/NOTE", `{"N":"5"}`},
		"fraction of a second":    {"dynamodb/ApproximateCreationDateTime", "4102488000.123"},
		"user identity":           {"userIdentity", `{"type":"Service","principalId":"dynamodb.amazonaws.com"}`},
		"later version":           {"eventVersion", `"1.9"`},
		"no table":                {"eventSourceARN", ""},
	} {
		got, err := parse(dynamotest.EditRecord(t, record, e.path, e.value))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	spaced := new(bytes.Buffer)
	if err := json.Indent(spaced, record, " \r", "\t"); err != nil {
		t.Fatal(err)
	}
	escaped := bytes.ReplaceAll(spaced.Bytes(), []byte(`"note"`), []byte(`"n\u006fte"`))
	got, err := parse(escaped)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("with white space and escapes: %v (-want +got):\n%s", err, diff)
	}
}

// TestMutatedChange truncates a record at each byte, and replaces each member by values of other types: the result is
// an error, or the same change for an ignored member.
func TestMutatedChange(t *testing.T) {
	t.Parallel()
	want := sampleChange()
	record := streamRecord(t, want)
	for n := range len(record) {
		if got, err := parse(record[:n]); err == nil {
			t.Errorf("the first %d bytes are %+v", n, got)
		}
	}
	rejected := 0
	for _, path := range paths(dynamotest.Tree(t, record), "") {
		for _, value := range []string{"null", "true", "5", `"\u0000"`, "[]", "{}", `{"S":5}`, `{"B":"AA=="}`, `{"M":{}}`} {
			got, err := parse(dynamotest.EditRecord(t, record, path, value))
			anyString := path == "eventID" || path == "dynamodb/SequenceNumber" || strings.HasSuffix(path, "/S")
			if err != nil {
				rejected++
			} else if diff := cmp.Diff(want, got); diff != "" && !anyString {
				t.Errorf("%s as %s is accepted (-want +got):\n%s", path, value, diff)
			}
		}
	}
	if rejected < 150 {
		t.Errorf("%d mutations were rejected, want most", rejected)
	}
}

// paths returns the paths of all members of an object, nested ones included.
func paths(object map[string]any, parent string) (all []string) {
	for name, value := range object {
		all = append(all, parent+name)
		if inner, ok := value.(map[string]any); ok {
			all = append(all, paths(inner, parent+name+"/")...)
		}
	}
	return all
}
