package indices

import (
	"context"
	"encoding/json"
	"fmt"
)

const listPage = 2000 // documents without their source

// revision identifies the last write of a document.
type revision struct {
	SeqNo int64 `json:"_seq_no"`
	Term  int64 `json:"_primary_term"`
}

// hit is a document that a search found.
type hit struct {
	revision
	Sort   []string        // its id
	Source json.RawMessage `json:"_source"`
	Fields struct {
		UpdatedAt []int64
		OwnerID   []string `json:"ownerId"`
	}
}

func (h hit) id() string { return h.Sort[0] }

// searchAll calls visit for every document that a search finds, in the order of their ids.
func (a *Admin) searchAll(ctx context.Context, index string, search object, size int, visit func(hit)) error {
	search["size"], search["sort"] = size, []string{"id"}
	for {
		var page struct {
			TimedOut bool                 `json:"timed_out"`
			Shards   struct{ Failed int } `json:"_shards"`
			Hits     struct{ Hits []hit }
		}
		if err := a.read(ctx, "POST", "/"+index+"/_search", search, &page); err != nil {
			return err
		}
		if page.TimedOut || page.Shards.Failed > 0 {
			return fmt.Errorf("a search of %s returned partial results", index)
		}
		for _, h := range page.Hits.Hits {
			visit(h)
		}
		if len(page.Hits.Hits) < size {
			return nil
		}
		search["search_after"] = page.Hits.Hits[size-1].Sort
	}
}

// list calls visit for every document of an index, without its source but with fields.
func (a *Admin) list(ctx context.Context, index string, fields []string, visit func(hit)) error {
	search := object{"_source": false, "stored_fields": "_none_", "track_total_hits": false, "seq_no_primary_term": true}
	if len(fields) > 0 {
		search["docvalue_fields"] = fields
	}
	return a.searchAll(ctx, index, search, listPage, visit)
}

type document struct {
	revision
	ID     string          `json:"_id"`
	Found  bool            `json:"found"`
	Source json.RawMessage `json:"_source"`
	Error  json.RawMessage `json:"error"`
}

// get returns those of ids that exist, as of the latest acknowledged writes.
func (a *Admin) get(ctx context.Context, index string, ids []string) (map[string]document, error) {
	var response struct{ Docs []document }
	if err := a.read(ctx, "POST", "/"+index+"/_mget", object{"ids": ids}, &response); err != nil {
		return nil, err
	}
	if len(response.Docs) != len(ids) {
		return nil, fmt.Errorf("%s returned %d of %d documents", index, len(response.Docs), len(ids))
	}
	found := make(map[string]document, len(ids))
	for _, d := range response.Docs {
		if len(d.Error) > 0 {
			return nil, fmt.Errorf("a document of %s cannot be read", index)
		}
		if d.Found {
			found[d.ID] = d
		}
	}
	return found, nil
}

// refresh makes all acknowledged writes visible to searches.
func (a *Admin) refresh(ctx context.Context, name string) error {
	var response struct {
		Shards struct{ Failed int } `json:"_shards"`
	}
	err := a.read(ctx, "POST", "/"+name+"/_refresh", nil, &response)
	if err == nil && response.Shards.Failed > 0 {
		err = fmt.Errorf("not all shards of %s were refreshed", name)
	}
	return err
}
