package opensearch_test

import (
	"encoding/json"
	"testing"

	"rental.example/adapters/opensearch"
)

// TestMergeOwnerDocuments: the newest profile and the highest deletion of both, in either order; nothing personal outlives a
// deletion.
func TestMergeOwnerDocuments(t *testing.T) {
	t.Parallel()
	const (
		older   = `{"id":"a","version":5,"name":"Ada","ratings":1,"deleted":0}`
		newer   = `{"id":"a","version":9,"name":"Bea","ratings":2,"deleted":0}`
		deleted = `{"id":"a","version":0,"ratings":0,"deleted":7,"deletedKnown":12}`
		again   = `{"id":"a","version":9,"name":"Bea","ratings":2,"deleted":7,"deletedKnown":12}`
	)
	tests := []struct{ name, one, other, want string }{
		{"alone", older, "", older},
		{"twice", older, older, older},
		{"a newer name", older, newer, newer},
		{"a deletion that one of them missed", older, deleted, deleted},
		{"made again after it", newer, deleted, again},
	}
	for _, test := range tests {
		for _, order := range [][2]string{{test.one, test.other}, {test.other, test.one}} {
			got, err := opensearch.MergeOwnerDocuments(json.RawMessage(order[0]), json.RawMessage(order[1]))
			if err != nil || string(got) != test.want {
				t.Errorf("%s: MergeOwnerDocuments(%s, %s) = %s, %v; want %s", test.name, order[0], order[1], got, err, test.want)
			}
		}
	}
	if got, err := opensearch.MergeOwnerDocuments(json.RawMessage(older), json.RawMessage(`{"id":"b","version":1}`)); err == nil {
		t.Errorf("two owners are joined: %s", got)
	}
	if got, err := opensearch.MergeOwnerDocuments(json.RawMessage(`{"version":"x"}`), nil); err == nil {
		t.Errorf("no document is joined: %s", got)
	}
}
