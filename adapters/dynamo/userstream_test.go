package dynamo_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
	"rental.example/domain/user"
)

// profileChange returns a change of a profile's name.
func profileChange(t testing.TB) dynamo.UserChange {
	t.Helper()
	before := user.Profile{
		ID: someone, Name: "Jane", Email: "jane@example.com", EmailVerified: true, Type: user.Renter, Ratings: 4.5,
		Version: domain.VersionAt(noon), CreatedAt: noon, UpdatedAt: noon, RequestID: "0ca7504f-a7c8-41e9-9c0e-b9d1c303045b",
	}
	after := before
	after.Name, after.Version, after.UpdatedAt = "Joan", before.Version+1, noon.Add(time.Microsecond)
	after.RequestID = "4d1b6f0e-2f3c-4f0a-8d3c-0d5f5d1f7a11"
	return dynamo.UserChange{
		EventID: "f07f8ca4b0b26cb9c4e5e77e69f274ee", SequenceNumber: "1405400000000002063282832",
		Before: user.Record{Profile: &before}, After: user.Record{Profile: &after},
	}
}

func recordOf(t testing.TB, c dynamo.UserChange) json.RawMessage {
	t.Helper()
	record, err := c.Record()
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// tree decodes a record.
func tree(t testing.TB, record json.RawMessage) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(record, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// edit replaces or deletes one member of a record.
type edit struct {
	path  string // names separated by slashes
	value string // JSON; empty to delete the member
}

func (e edit) apply(t testing.TB, record json.RawMessage) json.RawMessage {
	t.Helper()
	all := tree(t, record)
	path := strings.Split(e.path, "/")
	object := all
	for _, name := range path[:len(path)-1] {
		object = object[name].(map[string]any)
	}
	delete(object, path[len(path)-1])
	if e.value != "" {
		object[path[len(path)-1]] = json.RawMessage(e.value)
	}
	out, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMalformedUserChange edits one member of a valid record each. The error names it and has no personal data, and the
// EventID and SequenceNumber are returned.
func TestMalformedUserChange(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		edit edit
		want string
	}{
		"another source":        {edit{"eventSource", `"aws:kinesis"`}, "eventSource is not aws:dynamodb"},
		"no source":             {edit{"eventSource", ""}, "eventSource is not aws:dynamodb"},
		"no event":              {edit{"eventName", ""}, "eventName is not"},
		"another event":         {edit{"eventName", `"modify"`}, "eventName is not"},
		"keys only":             {edit{"dynamodb/StreamViewType", `"KEYS_ONLY"`}, "StreamViewType is not"},
		"no change":             {edit{"dynamodb", "null"}, "has no SequenceNumber"},
		"no keys":               {edit{"dynamodb/Keys", ""}, "Keys: is not an object"},
		"keys of another table": {edit{"dynamodb/Keys", `{"day":{"S":"x"}}`}, "OldImage: id is not that of Keys"},
		"another key":           {edit{"dynamodb/Keys/id", `{"S":"somebody"}`}, "OldImage: id is not that of Keys"},
		"another id":            {edit{"dynamodb/NewImage/id", `{"S":"somebody"}`}, "NewImage: id is not that of Keys"},
		"no old image":          {edit{"dynamodb/OldImage", ""}, "images do not match eventName"},
		"no new image":          {edit{"dynamodb/NewImage", ""}, "images do not match eventName"},
		"images, but inserted":  {edit{"eventName", `"INSERT"`}, "images do not match eventName"},
		"images, but removed":   {edit{"eventName", `"REMOVE"`}, "images do not match eventName"},
		"a null image":          {edit{"dynamodb/NewImage", "null"}, "NewImage: is not an object"},
		"an empty image":        {edit{"dynamodb/NewImage", "{}"}, "NewImage: id is not that of Keys"},
		"no version":            {edit{"dynamodb/NewImage/version", ""}, "NewImage: has no version"},
		"version zero":          {edit{"dynamodb/NewImage/version", `{"N":"0"}`}, "NewImage: has no version"},
		"a version too big":     {edit{"dynamodb/NewImage/version", `{"N":"12345678901234567890"}`}, "attribute version has an N that is not an integer"},
		"a broken version":      {edit{"dynamodb/NewImage/version", `{"N":"1.5"}`}, "attribute version has an N that is not an integer"},
		"an exponent":           {edit{"dynamodb/NewImage/version", `{"N":"1e3"}`}, "attribute version has an N that is not an integer"},
		"a signed version":      {edit{"dynamodb/NewImage/version", `{"N":"+5"}`}, "attribute version has an N that is not a number"},
		"a bare number":         {edit{"dynamodb/NewImage/version", `{"N":5}`}, "attribute version has an N that is not a number"},
		"string as version":     {edit{"dynamodb/NewImage/version", `{"S":"5"}`}, "attribute version is not of the one type N"},
		"two types":             {edit{"dynamodb/NewImage/version", `{"N":"5","S":"5"}`}, "attribute version is not of the one type N"},
		"a type in lower case":  {edit{"dynamodb/NewImage/version", `{"n":"5"}`}, "attribute version is not of the one type N"},
		"no type":               {edit{"dynamodb/NewImage/version", `{}`}, "attribute version is empty"},
		"no attribute value":    {edit{"dynamodb/NewImage/version", `"5"`}, "attribute version is not an object"},
		"a null name":           {edit{"dynamodb/NewImage/name", `{"NULL":true}`}, "attribute name is not of the one type S"},
		"a list as name":        {edit{"dynamodb/NewImage/name", `{"S":["Joan"]}`}, "attribute name has an S that is not a string"},
		"no name":               {edit{"dynamodb/NewImage/name", ""}, "NewImage: is a profile without name or userType"},
		"no type of user":       {edit{"dynamodb/OldImage/userType", ""}, "OldImage: is a profile without name or userType"},
		"ratings of nothing":    {edit{"dynamodb/NewImage/ratings", `{"N":"NaN"}`}, "attribute ratings has an N that is not a number"},
		"endless ratings":       {edit{"dynamodb/NewImage/ratings", `{"N":"1e400"}`}, "attribute ratings has an N that is not a number"},
		"a text as truth":       {edit{"dynamodb/NewImage/emailVerified", `{"BOOL":"true"}`}, "attribute emailVerified has a BOOL"},
		"neither":               {edit{"dynamodb/NewImage/createdAt", ""}, "NewImage: is neither profile nor tombstone"},
		"both":                  {edit{"dynamodb/NewImage/deletedAt", `{"N":"5"}`}, "NewImage: is both profile and tombstone"},
	}
	good := profileChange(t)
	record := recordOf(t, good)
	for name, test := range tests {
		got, err := dynamo.ParseUserChange(test.edit.apply(t, record))
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "dynamo: stream record: ") {
			t.Errorf("%s: got error %v, want %q", name, err, test.want)
			continue
		}
		for _, personal := range []string{"Joan", "jane", string(someone), "somebody"} {
			if strings.Contains(err.Error(), personal) {
				t.Errorf("%s: the error contains %q: %v", name, personal, err)
			}
		}
		want := dynamo.UserChange{EventID: good.EventID, SequenceNumber: good.SequenceNumber}
		if name == "no change" {
			want.SequenceNumber = ""
		}
		if got != want {
			t.Errorf("%s: got %+v with the error; want %+v", name, got, want)
		}
	}
	for _, name := range []string{"eventID", "dynamodb/SequenceNumber"} {
		for _, value := range []string{"", "null", `""`, "5", "{}"} {
			if _, err := dynamo.ParseUserChange(edit{name, value}.apply(t, record)); err == nil {
				t.Errorf("%s %q is accepted", name, value)
			}
		}
	}
}

// TestIgnoredMembers edits members that ParseUserChange ignores.
func TestIgnoredMembers(t *testing.T) {
	t.Parallel()
	want := profileChange(t)
	record := recordOf(t, want)
	for name, e := range map[string]edit{
		"unknown attribute":       {"dynamodb/NewImage/colour", `{"L":[{"S":"}\"]"},{"M":{"a":{"NULL":true}}}]}`},
		"attribute in upper case": {"dynamodb/NewImage/NAME", `{"N":"5"}`},
		"fraction of a second":    {"dynamodb/ApproximateCreationDateTime", "4102488000.123"},
		"user identity":           {"userIdentity", `{"type":"Service","principalId":"dynamodb.amazonaws.com"}`},
		"later version":           {"eventVersion", `"1.9"`},
		"no table":                {"eventSourceARN", ""},
	} {
		got, err := dynamo.ParseUserChange(e.apply(t, record))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	spaced := new(bytes.Buffer)
	if err := json.Indent(spaced, record, " \r", "\t"); err != nil {
		t.Fatal(err)
	}
	escaped := bytes.ReplaceAll(spaced.Bytes(), []byte(`"name"`), []byte(`"n\u0061me"`))
	got, err := dynamo.ParseUserChange(escaped)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("with white space and escapes: %v (-want +got):\n%s", err, diff)
	}
}

// TestMutatedUserChange truncates a record at each byte, and replaces each member by values of other types: the result is
// an error, or the same change for an ignored member.
func TestMutatedUserChange(t *testing.T) {
	t.Parallel()
	want := profileChange(t)
	record := recordOf(t, want)
	for n := range len(record) {
		if got, err := dynamo.ParseUserChange(record[:n]); err == nil {
			t.Errorf("the first %d bytes are %+v", n, got)
		}
	}
	rejected := 0
	for _, path := range paths(tree(t, record), "") {
		for _, value := range []string{"null", "true", "5", `"\u0000"`, "[]", "{}", `{"S":5}`, `{"B":"AA=="}`, `{"M":{}}`} {
			got, err := dynamo.ParseUserChange(edit{path, value}.apply(t, record))
			anyString := path == "eventID" || path == "dynamodb/SequenceNumber" || strings.HasSuffix(path, "/S")
			if err != nil {
				rejected++
			} else if diff := cmp.Diff(want, got); diff != "" && !anyString {
				t.Errorf("%s as %s is accepted (-want +got):\n%s", path, value, diff)
			}
		}
	}
	if rejected < 200 {
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

// FuzzParseUserChange checks that each accepted record is the change that its UserChange.Record returns.
func FuzzParseUserChange(f *testing.F) {
	change := profileChange(f)
	f.Add([]byte(recordOf(f, change)))
	tombstone := user.NewTombstone(someone, 5, domain.Stamp{Time: noon, RequestID: "request-2"})
	f.Add([]byte(recordOf(f, dynamo.UserChange{EventID: "1", SequenceNumber: "2", Before: change.Before, After: user.Record{Tombstone: &tombstone}})))
	f.Add([]byte(recordOf(f, dynamo.UserChange{EventID: "1", SequenceNumber: "2", Before: user.Record{Tombstone: &tombstone}})))
	f.Add([]byte(`{"eventSource":"aws:dynamodb","eventID":"\ud800","dynamodb":[]}`))
	f.Fuzz(func(t *testing.T, record []byte) {
		c, err := dynamo.ParseUserChange(record)
		if err != nil {
			return
		}
		got, err := dynamo.ParseUserChange(recordOf(t, c))
		if diff := cmp.Diff(c, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}
