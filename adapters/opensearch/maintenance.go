package opensearch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"rental.example/domain/item"
)

// Indices returns the index of the items and that of their owners.
func (c *Client) Indices() (items, owners Index) { return c.items, c.owners }

// Call sends a request of maintenance, such as PUT /items-v2, and decodes the response into out, unless that is nil.
// body is JSON, NDJSON for _bulk, or nil. Errors wrap domain.ErrNotFound for a missing document and
// domain.ErrUnavailable if a retry may succeed. The path must have no parameters, which Amazon's domains ignore for a
// signed POST.
func (c *Client) Call(ctx context.Context, retry Retry, method, path string, body []byte, out any) error {
	name := method + " " + path
	h, err := http.NewRequestWithContext(ctx, method, path, nil)
	if err != nil {
		return fmt.Errorf("opensearch: %s: %w", name, err)
	}
	if len(body) > 0 {
		h.Header.Set("Content-Type", "application/json")
	}
	raw, err := send[json.RawMessage](c, &request{operation: operation{name: name, retry: retry}, http: h, body: body})
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("opensearch: %s: %w", name, err)
	}
	return nil
}

// MergeOwnerDocuments merges two documents of one owner, each of which may have missed events. Either may be empty.
func MergeOwnerDocuments(a, b json.RawMessage) (json.RawMessage, error) {
	var merged item.Owner
	for _, document := range []json.RawMessage{a, b} {
		if len(document) == 0 {
			continue
		}
		var r ownerRecord
		if err := json.Unmarshal(document, &r); err != nil {
			return nil, fmt.Errorf("opensearch: document of an owner: %w", err)
		}
		if merged.ID != "" && string(merged.ID) != r.ID {
			return nil, errors.New("opensearch: documents of two owners cannot be merged")
		}
		merged = mergeOwner(merged, r.owner())
	}
	return json.Marshal(recordOfOwner(merged))
}

// mergeOwner merges the events that o results from into merged.
func mergeOwner(merged, o item.Owner) item.Owner {
	merged.ID = o.ID
	if o.LastDeleted > 0 {
		merged = merged.Merge(item.OwnerEvent{OwnerID: o.ID, Version: o.LastDeleted, Deleted: true, Received: o.DeletionReceived})
	}
	if o.HasProfile() {
		merged = merged.Merge(item.OwnerEvent{OwnerID: o.ID, Version: o.Version, Name: o.Name, Ratings: o.Ratings})
	}
	return merged
}
