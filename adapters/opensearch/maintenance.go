package opensearch

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Call sends a request of maintenance, such as PUT /notes-v2, and decodes the response into out, unless that is nil.
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
