package opensearch

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain/item"
)

// seedResponse is the response to a bulk request of Seed.
type seedResponse struct {
	Items []struct {
		Index struct {
			Status int         `json:"status"`
			Error  *errorCause `json:"error"`
		} `json:"index"`
	} `json:"items"`
}

func (r *seedResponse) validate() error {
	for _, i := range r.Items {
		if i.Index.Error != nil {
			return i.Index.Error.classify(i.Index.Status)
		}
	}
	return nil
}

// Seed creates items by one bulk request and refreshes the index. They are in segments of their own.
func (s *Items) Seed(ctx context.Context, items []item.Item) error {
	var lines bytes.Buffer
	encode := json.NewEncoder(&lines)
	for _, i := range items {
		if err := encode.Encode(map[string]any{"index": map[string]string{"_id": string(i.ID)}}); err != nil {
			return err
		}
		if err := encode.Encode(recordOf(i)); err != nil {
			return err
		}
	}
	x := s.client.items
	_, err := do[seedResponse](ctx, s.client, x, operation{"bulk " + x.Alias, RetryWrite, opensearchapi.BulkRequest{
		Index: x.Alias, Body: &lines, Refresh: "true", RequireAlias: aws.Bool(true),
	}})
	return err
}
