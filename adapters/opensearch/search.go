package opensearch

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"
)

// Search sends a search with a body for json.Marshal, and decodes the response into an R, which should embed SearchResponse or
// ShardsResponse.
// https://docs.opensearch.org/latest/api-reference/search/
func Search[R any](ctx context.Context, d Documents, body any) (R, error) {
	encoded, err := jsonBody(body)
	if err != nil {
		return *new(R), err
	}
	return do[R](ctx, d, operation{"search " + d.index.Alias, RetryRead, opensearchapi.SearchRequest{
		Index: []string{d.index.Alias}, Body: encoded, AllowPartialSearchResults: aws.Bool(false),
	}})
}

// Refresh makes all acknowledged writes visible to searches.
// https://docs.opensearch.org/latest/api-reference/index-apis/refresh/
func (d Documents) Refresh(ctx context.Context) error {
	_, err := do[ShardsResponse](ctx, d, operation{
		"refresh " + d.index.Alias, RetryRead, opensearchapi.IndicesRefreshRequest{Index: []string{d.index.Alias}},
	})
	return err
}

// Ping searches for no document. It returns an error if the engine does not respond as it should, or has no index yet: unlike
// other requests it creates none.
func (d Documents) Ping(ctx context.Context) error {
	_, err := doOnce[SearchResponse[struct{}]](ctx, d.client, operation{"ping", NoRetry, opensearchapi.SearchRequest{
		Index: []string{d.index.Alias}, Body: strings.NewReader(`{"size":0,"query":{"match_none":{}}}`),
	}})
	return err
}

// ShardsResponse is the part of a response that says whether all shards took part. Without a count of failed shards it
// is Malformed.
type ShardsResponse struct {
	TimedOut bool `json:"timed_out"`
	Shards   struct {
		Failed *int64 `json:"failed"`
	} `json:"_shards"`
}

// Validate implements validator.
func (r *ShardsResponse) Validate() error {
	switch {
	case r.TimedOut:
		return Malformed("timed out with partial results")
	case r.Shards.Failed == nil || *r.Shards.Failed > 0:
		return Malformed("not of all shards")
	}
	return nil
}

// Readable is a document that decodes itself. As encoding/json, Read ignores members that it does not know.
type Readable interface{ Read(*Decoder) }

// SearchResponse is the response to a search for documents of type T, a pointer to which is Readable.
type SearchResponse[T any] struct {
	ShardsResponse
	Total    *int64 // not nil in a valid response
	Relation string // eq, or gte for a lower bound
	Hits     []Hit[T]
}

// Hit is a document that a search found.
type Hit[T any] struct {
	Source     T
	SortValues int    // how many sort values there are
	SortKey    string // the first one, as JSON
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *SearchResponse[T]) UnmarshalJSON(data []byte) error {
	d := NewDecoder(data)
	r.Read(d, func(string) {})
	return d.Err()
}

// Read reads the response. It calls other for each other member of it, such as aggregations, which other may read.
func (r *SearchResponse[T]) Read(d *Decoder, other func(name string)) {
	for name := range d.Members {
		switch string(name) {
		case "timed_out":
			d.Boolean(&r.TimedOut)
		case "_shards":
			for name := range d.Members {
				if string(name) == "failed" {
					d.Optional(&r.Shards.Failed)
				}
			}
		case "hits":
			r.readHits(d)
		default:
			other(string(name))
		}
	}
}

func (r *SearchResponse[T]) readHits(d *Decoder) {
	for name := range d.Members {
		switch string(name) {
		case "total":
			for name := range d.Members {
				switch string(name) {
				case "value":
					d.Optional(&r.Total)
				case "relation":
					d.String(&r.Relation)
				}
			}
		case "hits":
			if d.Null() {
				continue
			}
			r.Hits = make([]Hit[T], 0, usualHits)
			for range d.Elements {
				r.Hits = append(r.Hits, Hit[T]{})
				r.Hits[len(r.Hits)-1].read(d)
			}
		}
	}
}

// usualHits is how many hits most responses have at most.
const usualHits = 11

func (h *Hit[T]) read(d *Decoder) {
	for name := range d.Members {
		switch string(name) {
		case "_source":
			if source, ok := any(&h.Source).(Readable); ok {
				source.Read(d)
			}
		case "sort":
			for range d.Elements {
				value := d.Raw()
				if h.SortValues++; h.SortValues == 1 {
					h.SortKey = value
				}
			}
		}
	}
}

// Validate implements Validator.
func (r *SearchResponse[T]) Validate() error {
	if err := r.ShardsResponse.Validate(); err != nil {
		return err
	}
	if r.Total == nil || r.Hits == nil {
		return Malformed("no hits")
	}
	return nil
}
