package opensearch_test

import (
	"encoding/json"
	"testing"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchtest"
)

// note is a document of an index that exists in these tests only.
type note struct {
	ID      string `json:"id"`
	Text    string `json:"text"`
	Version int64  `json:"version"`
}

// Read implements opensearch.Readable.
func (n *note) Read(d *opensearch.Decoder) {
	for name := range d.Members {
		switch string(name) {
		case "id":
			d.String(&n.ID)
		case "text":
			d.String(&n.Text)
		case "version":
			d.Integer(&n.Version)
		}
	}
}

const notesDefinition = `{
	"settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}},
	"mappings": {"dynamic": "strict", "properties": {
		"id": {"type": "keyword"}, "text": {"type": "text"}, "version": {"type": "long"}
	}}
}`

const someID, otherID = "note-1", "note-2"

func newIndex(t testing.TB, alias string) opensearch.Index {
	t.Helper()
	x, err := opensearch.NewIndex(alias, json.RawMessage(notesDefinition), 0)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// newNotes returns the notes of an engine under an alias.
func newNotes(t testing.TB, cfg opensearch.Config, alias string) opensearch.Documents {
	t.Helper()
	c, err := opensearch.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c.Documents(newIndex(t, alias))
}

// fakeNotes returns notes whose requests have the outcomes of exchanges.
func fakeNotes(t testing.TB, exchanges ...opensearchtest.Exchange) (opensearch.Documents, *opensearchtest.Network) {
	t.Helper()
	network := opensearchtest.NewNetwork(exchanges...)
	return newNotes(t, opensearchtest.Config(opensearchtest.NoEndpoint, network), "notes"), network
}

type results = opensearch.SearchResponse[note]

// calls are all operations on documents.
func calls(t *testing.T, notes opensearch.Documents) map[string]func() error {
	n, at := note{ID: someID, Text: "remember"}, opensearch.Revision{SeqNo: 5, PrimaryTerm: 1}
	ids := []string{someID}
	return map[string]func() error{
		"Get":      func() error { _, _, err := opensearch.Get[note](t.Context(), notes, someID); return err },
		"MultiGet": func() error { _, err := opensearch.MultiGet[note](t.Context(), notes, ids); return err },
		"Create":   func() error { return notes.Put(t.Context(), n.ID, n, nil, opensearch.WaitForRefresh) },
		"Replace":  func() error { return notes.Put(t.Context(), n.ID, n, &at, opensearch.WaitForRefresh) },
		"Delete":   func() error { return notes.Delete(t.Context(), n.ID, at) },
		"Refresh":  func() error { return notes.Refresh(t.Context()) },
		"Search": func() error {
			_, err := opensearch.Search[results](t.Context(), notes, map[string]int{"size": 10})
			return err
		},
		"BulkDelete": func() error {
			_, err := opensearch.BulkDelete(t.Context(), notes, []opensearch.Deletion[string]{{ID: n.ID, Base: at}})
			return err
		},
		"CountExisting": func() error { _, err := opensearch.CountExisting(t.Context(), notes, ids); return err },
	}
}

func callsOver(t *testing.T, network *opensearchtest.Network) map[string]func() error {
	return calls(t, newNotes(t, opensearchtest.Config(opensearchtest.NoEndpoint, network), "notes"))
}
