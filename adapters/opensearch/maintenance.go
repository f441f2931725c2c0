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

// Indices returns the index of the items and that of their owners.
func (c *Client) Indices() (items, owners Index) { return c.items, c.owners }

// Call sends a request of maintenance, such as PUT /items-v2, and decodes the response into out, unless that is nil.
// body is JSON, NDJSON for _bulk, or nil. Errors wrap domain.ErrNotFound for a missing document and
// domain.ErrUnavailable if a retry may succeed. The path must have no parameters, which Amazon's domains ignore for a
// signed POST.
func (c *Client) Call(ctx context.Context, retry Retry, method, path string, body []byte, out any) error {
	raw, err := doOnce[json.RawMessage](ctx, c, operation{method + " " + path, retry, rawRequest{method, path, body}})
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("opensearch: %s %s: %w", method, path, err)
	}
	return nil
}

// rawRequest implements opensearchapi.Request.
type rawRequest struct {
	method, path string
	body         []byte
}

// Do implements opensearchapi.Request.
func (r rawRequest) Do(ctx context.Context, transport opensearchapi.Transport) (*opensearchapi.Response, error) {
	h, err := http.NewRequestWithContext(ctx, r.method, r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	if len(r.body) > 0 {
		h.Header.Set("Content-Type", "application/json")
	}
	_, err = transport.Perform(h)
	return nil, err
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
