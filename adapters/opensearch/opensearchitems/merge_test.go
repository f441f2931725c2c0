package opensearchitems_test

import (
	"encoding/json"
	"testing"

	"rental.example/adapters/opensearch/opensearchitems"
)

// TestMergeOwnerDocuments expects the newest profile and the last deletion of both documents, in either order. A deletion
// removes personal data.
func TestMergeOwnerDocuments(t *testing.T) {
	t.Parallel()
	const (
		older   = `{"id":"a","version":5,"name":"Ada","ratings":1,"deleted":0}`
		newer   = `{"id":"a","version":9,"name":"Bea","ratings":2,"deleted":0}`
		deleted = `{"id":"a","version":0,"ratings":0,"deleted":7,"deletedKnown":12}`
		created = `{"id":"a","version":9,"name":"Bea","ratings":2,"deleted":7,"deletedKnown":12}`
	)
	tests := []struct{ name, one, other, want string }{
		{"alone", older, "", older},
		{"twice", older, older, older},
		{"a newer name", older, newer, newer},
		{"a deletion that one missed", older, deleted, deleted},
		{"created again after it", newer, deleted, created},
	}
	for _, test := range tests {
		for _, order := range [][2]string{{test.one, test.other}, {test.other, test.one}} {
			got, err := opensearchitems.MergeOwnerDocuments(json.RawMessage(order[0]), json.RawMessage(order[1]))
			if err != nil || string(got) != test.want {
				t.Errorf("%s: MergeOwnerDocuments(%s, %s) = %s, %v; want %s", test.name, order[0], order[1], got, err, test.want)
			}
		}
	}
	if got, err := opensearchitems.MergeOwnerDocuments(json.RawMessage(older), json.RawMessage(`{"id":"b","version":1}`)); err == nil {
		t.Errorf("two owners were merged: %s", got)
	}
	if got, err := opensearchitems.MergeOwnerDocuments(json.RawMessage(`{"version":"x"}`), nil); err == nil {
		t.Errorf("an invalid document was merged: %s", got)
	}
}
