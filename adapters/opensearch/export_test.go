package opensearch

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain/item"
)

// bulked is the answer to a bulk request: a success, whatever became of its parts.
type bulked struct {
	Items []map[string]struct {
		Status int      `json:"status"`
		Error  *problem `json:"error"`
	} `json:"items"`
}

func (b *bulked) check() error {
	for _, result := range b.Items {
		for _, r := range result {
			if r.Error != nil {
				return r.Error.classify(r.Status)
			}
		}
	}
	return nil
}

// Seed creates items, and refreshes once: those of one call are in segments of their own.
func (s *Items) Seed(ctx context.Context, items []item.Item) error {
	var lines bytes.Buffer
	encode := json.NewEncoder(&lines)
	for _, it := range items {
		if err := encode.Encode(map[string]any{"index": map[string]string{"_id": string(it.ID)}}); err != nil {
			return err
		}
		if err := encode.Encode(recordOf(it)); err != nil {
			return err
		}
	}
	x := s.client.items
	_, err := do[bulked](ctx, s.client, "bulk", x, func() opensearchapi.Request {
		return opensearchapi.BulkRequest{Index: x.alias, Body: bytes.NewReader(lines.Bytes()), Refresh: "true", RequireAlias: aws.Bool(true)}
	})
	return err
}
