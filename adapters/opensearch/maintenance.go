package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain/item"
)

// Index is an index of this package for those who look after it: its alias, and the settings and mappings that a
// new one is created with.
type Index struct {
	Alias      string
	Definition json.RawMessage
}

// Indices are the indices of c: that of the items, and that of their owners.
func (c *Client) Indices() (items, owners Index) {
	return Index{c.items.alias, c.items.definition}, Index{c.owners.alias, c.owners.definition}
}

// Call sends a request of maintenance, such as PUT /items-v2, and decodes its response into out, unless that is nil.
// body is JSON, or NDJSON for _bulk; nil for none. Errors are those of every other request of the package:
// domain.ErrNotFound for a missing document, domain.ErrUnavailable where a repetition may succeed. A domain of Amazon
// ignores the parameters in the URL of a signed POST, so such a path must have none.
func (c *Client) Call(ctx context.Context, method, path string, body []byte, out any) error {
	raw, err := once[json.RawMessage](ctx, c, method+" "+path, call{method, path, body})
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("opensearch: %s %s: %w", method, path, err)
	}
	return nil
}

// call is an opensearchapi.Request as it is written.
type call struct {
	method, path string
	body         []byte
}

// Do implements opensearchapi.Request.
func (c call) Do(ctx context.Context, to opensearchapi.Transport) (*opensearchapi.Response, error) {
	r, err := http.NewRequestWithContext(ctx, c.method, c.path, bytes.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	if len(c.body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := to.Perform(r)
	if err != nil {
		return nil, err
	}
	return &opensearchapi.Response{StatusCode: response.StatusCode, Header: response.Header, Body: response.Body}, nil
}

// MergeOwnerDocuments merges two documents of one owner into one: each may have missed events that the other has. Either may
// be empty.
func MergeOwnerDocuments(one, other json.RawMessage) (json.RawMessage, error) {
	var joined item.Owner
	for _, document := range []json.RawMessage{one, other} {
		if len(document) == 0 {
			continue
		}
		var r ownerRecord
		if err := json.Unmarshal(document, &r); err != nil {
			return nil, fmt.Errorf("opensearch: a document of an owner: %w", err)
		}
		if joined.ID != "" && string(joined.ID) != r.ID {
			return nil, errors.New("opensearch: documents of two owners cannot be joined")
		}
		joined = joinOwner(joined, r.owner())
	}
	return json.Marshal(recordOfOwner(joined))
}

// joinOwner merges o into joined, as the events that o came from.
func joinOwner(joined, o item.Owner) item.Owner {
	joined.ID = o.ID
	if o.LastDeleted > 0 {
		joined = joined.Merge(item.OwnerEvent{OwnerID: o.ID, Version: o.LastDeleted, Deleted: true, Received: o.DeletionReceived})
	}
	if o.HasProfile() {
		joined = joined.Merge(item.OwnerEvent{OwnerID: o.ID, Version: o.Version, Name: o.Name, Ratings: o.Ratings})
	}
	return joined
}
