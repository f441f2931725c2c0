package indices

import (
	"context"
	"encoding/json"
	"fmt"
)

const listPage = 2000 // documents of which only the state is read

// state is which write of a document is meant.
type state struct{ seqNo, term int64 }

// entry is a document by its state and, where they are asked for, by fields.
type entry struct {
	id        string
	state     state
	updatedAt int64
	ownerID   string
}

type listAnswer struct {
	TimedOut bool                 `json:"timed_out"`
	Shards   struct{ Failed int } `json:"_shards"`
	Hits     struct {
		Hits []struct {
			SeqNo  int64 `json:"_seq_no"`
			Term   int64 `json:"_primary_term"`
			Sort   []string
			Fields struct {
				UpdatedAt []int64
				OwnerID   []string `json:"ownerId"`
			}
		}
	}
}

// list calls found for every document of an index, in the order of their ids.
func (a *Admin) list(ctx context.Context, index string, fields []string, found func(entry)) error {
	search := object{
		"size": listPage, "sort": []string{"id"}, "_source": false, "stored_fields": "_none_", "track_total_hits": false,
		"seq_no_primary_term": true,
	}
	if len(fields) > 0 {
		search["docvalue_fields"] = fields
	}
	for {
		var page listAnswer
		if err := a.read(ctx, "POST", "/"+index+"/_search", search, &page); err != nil {
			return err
		}
		if page.TimedOut || page.Shards.Failed > 0 {
			return fmt.Errorf("the listing of %s is incomplete", index)
		}
		for _, h := range page.Hits.Hits {
			e := entry{id: h.Sort[0], state: state{h.SeqNo, h.Term}}
			if len(h.Fields.UpdatedAt) > 0 {
				e.updatedAt = h.Fields.UpdatedAt[0]
			}
			if len(h.Fields.OwnerID) > 0 {
				e.ownerID = h.Fields.OwnerID[0]
			}
			found(e)
		}
		if len(page.Hits.Hits) < listPage {
			return nil
		}
		search["search_after"] = page.Hits.Hits[listPage-1].Sort
	}
}

type document struct {
	ID     string          `json:"_id"`
	Found  bool            `json:"found"`
	SeqNo  int64           `json:"_seq_no"`
	Term   int64           `json:"_primary_term"`
	Source json.RawMessage `json:"_source"`
	Error  json.RawMessage `json:"error"`
}

// get reads documents as of the latest acknowledged writes.
func (a *Admin) get(ctx context.Context, index string, ids []string) (map[string]document, error) {
	var answer struct{ Docs []document }
	if err := a.read(ctx, "POST", "/"+index+"/_mget", object{"ids": ids}, &answer); err != nil {
		return nil, err
	}
	if len(answer.Docs) != len(ids) {
		return nil, fmt.Errorf("%s has %d of %d documents in its response", index, len(answer.Docs), len(ids))
	}
	found := make(map[string]document, len(ids))
	for _, d := range answer.Docs {
		if len(d.Error) > 0 {
			return nil, fmt.Errorf("a document of %s cannot be read", index)
		}
		if d.Found {
			found[d.ID] = d
		}
	}
	return found, nil
}
