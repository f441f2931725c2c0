package dynamousers_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/domain"
	"rental.example/domain/user"
)

// profileChange returns a change of a profile's name.
func profileChange(t testing.TB) dynamousers.Change {
	t.Helper()
	before := user.Profile{
		ID: someone, Name: "Jane", Email: "jane@example.com", EmailVerified: true, Type: user.Renter, Ratings: 4.5,
		Version: domain.VersionAt(noon), CreatedAt: noon, UpdatedAt: noon, RequestID: "0ca7504f-a7c8-41e9-9c0e-b9d1c303045b",
	}
	after := before
	after.Name, after.Version, after.UpdatedAt = "Joan", before.Version+1, noon.Add(time.Microsecond)
	after.RequestID = "4d1b6f0e-2f3c-4f0a-8d3c-0d5f5d1f7a11"
	return dynamousers.Change{
		EventID: "f07f8ca4b0b26cb9c4e5e77e69f274ee", SequenceNumber: "1405400000000002063282832",
		Before: user.Record{Profile: &before}, After: user.Record{Profile: &after},
	}
}

func recordOf(t testing.TB, c dynamousers.Change) json.RawMessage {
	t.Helper()
	record, err := c.Record()
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// TestMalformedChange edits one attribute of a valid record each. The error names it and has no personal data.
func TestMalformedChange(t *testing.T) {
	t.Parallel()
	record := recordOf(t, profileChange(t))
	for name, test := range map[string]struct{ path, value, want string }{
		"keys of another table": {"dynamodb/Keys", `{"day":{"S":"x"}}`, "OldImage: id is not that of Keys"},
		"no version":            {"dynamodb/NewImage/version", "", "NewImage: has no version"},
		"version zero":          {"dynamodb/NewImage/version", `{"N":"0"}`, "NewImage: has no version"},
		"a broken version":      {"dynamodb/NewImage/version", `{"N":"1.5"}`, "attribute version has an N that is not an integer"},
		"a null name":           {"dynamodb/NewImage/name", `{"NULL":true}`, "attribute name is not of the one type S"},
		"no name":               {"dynamodb/NewImage/name", "", "NewImage: is a profile without name or userType"},
		"no type of user":       {"dynamodb/OldImage/userType", "", "OldImage: is a profile without name or userType"},
		"neither":               {"dynamodb/NewImage/createdAt", "", "NewImage: is neither profile nor tombstone"},
		"both":                  {"dynamodb/NewImage/deletedAt", `{"N":"5"}`, "NewImage: is both profile and tombstone"},
	} {
		_, err := dynamousers.ParseChange(dynamotest.EditRecord(t, record, test.path, test.value))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v, want %q", name, err, test.want)
			continue
		}
		for _, personal := range []string{"Joan", "jane", string(someone)} {
			if strings.Contains(err.Error(), personal) {
				t.Errorf("%s: the error contains %q: %v", name, personal, err)
			}
		}
	}
}

// TestAttributesOfImages replaces each attribute by values of other types: each is rejected.
func TestAttributesOfImages(t *testing.T) {
	t.Parallel()
	record := recordOf(t, profileChange(t))
	change := dynamotest.Tree(t, record)["dynamodb"].(map[string]any)
	for name := range change["NewImage"].(map[string]any) {
		for _, value := range []string{"null", "{}", `{"S":5}`, `{"B":"AA=="}`, `{"M":{}}`, `{"NULL":true}`} {
			if got, err := dynamousers.ParseChange(dynamotest.EditRecord(t, record, "dynamodb/NewImage/"+name, value)); err == nil {
				t.Errorf("%s as %s is accepted: %+v", name, value, got)
			}
		}
	}
}

// FuzzParseChange checks that each accepted record is the change that its Change.Record returns.
func FuzzParseChange(f *testing.F) {
	change := profileChange(f)
	f.Add([]byte(recordOf(f, change)))
	tombstone := user.NewTombstone(someone, 5, domain.Stamp{Time: noon, RequestID: "request-2"})
	f.Add([]byte(recordOf(f, dynamousers.Change{EventID: "1", SequenceNumber: "2", Before: change.Before, After: user.Record{Tombstone: &tombstone}})))
	f.Add([]byte(recordOf(f, dynamousers.Change{EventID: "1", SequenceNumber: "2", Before: user.Record{Tombstone: &tombstone}})))
	f.Add([]byte(`{"eventSource":"aws:dynamodb","eventID":"\ud800","dynamodb":[]}`))
	f.Fuzz(func(t *testing.T, record []byte) {
		c, err := dynamousers.ParseChange(record)
		if err != nil {
			return
		}
		got, err := dynamousers.ParseChange(recordOf(t, c))
		if diff := cmp.Diff(c, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}
