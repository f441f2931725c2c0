package items

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/opensearch-project/opensearch-go/v2"
	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"
	"github.com/opensearch-project/opensearch-go/v2/signer/awsv2"
)

// Engine is OpenSearch with the index of items and that of their owners.
type Engine struct {
	client        *opensearch.Client
	items, owners string
}

// Connect makes an engine of what OPEN_SEARCH_END_POINT, OPEN_SEARCH_INDEX and OPEN_SEARCH_SERVICE say, with
// the configuration that the SDK finds.
func Connect(ctx context.Context) (*Engine, error) {
	settings := opensearch.Config{Addresses: []string{os.Getenv("OPEN_SEARCH_END_POINT")}}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the SDK's configuration: %w", err)
	}
	if service := os.Getenv("OPEN_SEARCH_SERVICE"); service != "none" {
		if settings.Signer, err = awsv2.NewSignerWithService(cfg, service); err != nil {
			return nil, fmt.Errorf("make the signer: %w", err)
		}
	}
	client, err := opensearch.NewClient(settings)
	if err != nil {
		return nil, fmt.Errorf("make the client: %w", err)
	}
	index := os.Getenv("OPEN_SEARCH_INDEX")
	return &Engine{client: client, items: index, owners: index + "-owners"}, nil
}

// Search finds a page of items, and looks up their owners.
func (e *Engine) Search(ctx context.Context, q Query) (Page, error) {
	var found searchAnswer
	search := opensearchapi.SearchRequest{Index: []string{e.items}}
	if err := e.ask(ctx, q.search(), &found, func(body *bytes.Reader) opensearchapi.Request {
		search.Body = body
		return search
	}); err != nil {
		return Page{}, fmt.Errorf("search: %w", err)
	}
	if found.TimedOut || found.Shards.Failed > 0 {
		return Page{}, errors.New("search: the answer is not that of all shards")
	}
	owners, err := e.ownersOf(ctx, found.Hits.Hits)
	if err != nil {
		return Page{}, fmt.Errorf("owners: %w", err)
	}
	return found.page(q, owners), nil
}

func (e *Engine) ownersOf(ctx context.Context, hits []hit) (map[string]owner, error) {
	var ids []string
	for _, h := range hits {
		if !slices.Contains(ids, h.Source.OwnerID) {
			ids = append(ids, h.Source.OwnerID)
		}
	}
	owners := make(map[string]owner, len(ids))
	if len(ids) == 0 {
		return owners, nil
	}
	var got ownersAnswer
	lookup := opensearchapi.MgetRequest{Index: e.owners}
	if err := e.ask(ctx, map[string]any{"ids": ids}, &got, func(body *bytes.Reader) opensearchapi.Request {
		lookup.Body = body
		return lookup
	}); err != nil {
		return nil, err
	}
	for _, d := range got.Docs {
		if d.Found {
			owners[d.ID] = d.Source
		}
	}
	return owners, nil
}

// ask sends one request with a body, and decodes its answer.
func (e *Engine) ask(ctx context.Context, body, into any, request func(*bytes.Reader) opensearchapi.Request) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	answer, err := request(bytes.NewReader(data)).Do(ctx, e.client)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.IsError() {
		return fmt.Errorf("the engine answers %s", answer.Status())
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
