package opensearchitems

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"rental.example/adapters/opensearch"
	"rental.example/domain/item"
)

// Seed creates items by one bulk request and refreshes the index. They are in segments of their own.
func (c *Client) Seed(ctx context.Context, items []item.Item) error {
	var lines bytes.Buffer
	encode := json.NewEncoder(&lines)
	for _, i := range items {
		action := map[string]any{"_id": string(i.ID), "require_alias": true}
		if err := errors.Join(encode.Encode(map[string]any{"index": action}), encode.Encode(recordOf(i))); err != nil {
			return err
		}
	}
	var response struct{ Errors bool }
	err := c.Call(ctx, opensearch.RetryWrite, http.MethodPost, "/"+c.items.Alias+"/_bulk", lines.Bytes(), &response)
	switch {
	case err != nil:
		return err
	case response.Errors:
		return errors.New("not all items were created")
	}
	return c.Documents(c.items).Refresh(ctx)
}
