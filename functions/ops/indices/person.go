package indices

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"rental.example/domain"
)

// Held is what the indices hold about one user.
type Held struct {
	Items []json.RawMessage // documents of the index in use
	Owner json.RawMessage   // what items know of the user; nil for nothing
	// Elsewhere are indices that are not in use and hold something about the user: they were left after a reindex or
	// a restore.
	Elsewhere []string
}

// Deleted is the version of the deletion that items know of; 0 for none, and while they know a name.
func (h Held) Deleted() (domain.Version, error) {
	var owner struct {
		Name    string
		Deleted domain.Version
	}
	if h.Owner == nil {
		return 0, nil
	}
	if err := json.Unmarshal(h.Owner, &owner); err != nil || owner.Name != "" {
		return 0, err
	}
	return owner.Deleted, nil
}

// About returns what is held about a user, as of all writes that were acknowledged before.
func (k *Keeper) About(ctx context.Context, id domain.UserID) (held Held, err error) {
	all, err := k.aliases(ctx)
	if err != nil {
		return held, err
	}
	for _, name := range k.ownNames(all) {
		_, isItems := version(k.items.Alias, name)
		var documents []json.RawMessage
		if isItems {
			documents, err = k.itemsOf(ctx, name, id)
		} else {
			documents, err = k.ownerOf(ctx, name, id)
		}
		switch used := len(all[name]) > 0; {
		case err != nil:
			return held, err
		case used && isItems:
			held.Items = documents
		case used && len(documents) > 0:
			held.Owner = documents[0]
		case !used && len(documents) > 0:
			held.Elsewhere = append(held.Elsewhere, name)
		}
	}
	slices.Sort(held.Elsewhere)
	return held, nil
}

// itemsOf are the documents of a user's items.
func (k *Keeper) itemsOf(ctx context.Context, name string, id domain.UserID) (found []json.RawMessage, err error) {
	if err := k.refresh(ctx, name); err != nil {
		return nil, err
	}
	search := object{"size": copyBatch, "sort": []string{"id"}, "query": object{"term": object{"ownerId": string(id)}}}
	for {
		var page struct {
			TimedOut bool                 `json:"timed_out"`
			Shards   struct{ Failed int } `json:"_shards"`
			Hits     struct {
				Hits []struct {
					Source json.RawMessage `json:"_source"`
					Sort   []string
				}
			}
		}
		if err := k.call(ctx, "POST", "/"+name+"/_search", search, &page); err != nil {
			return nil, err
		}
		if page.TimedOut || page.Shards.Failed > 0 {
			return nil, fmt.Errorf("the search of %s is incomplete", name)
		}
		for _, h := range page.Hits.Hits {
			found = append(found, h.Source)
		}
		if len(page.Hits.Hits) < copyBatch {
			return found, nil
		}
		search["search_after"] = page.Hits.Hits[copyBatch-1].Sort
	}
}

// ownerOf is the document of a user in an index of owners, if there is one.
func (k *Keeper) ownerOf(ctx context.Context, name string, id domain.UserID) ([]json.RawMessage, error) {
	var d document
	err := k.call(ctx, "GET", "/"+name+"/_doc/"+string(id), nil, &d)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	}
	return []json.RawMessage{d.Source}, err
}

func (k *Keeper) refresh(ctx context.Context, name string) error {
	var answer struct {
		Shards struct{ Failed int } `json:"_shards"`
	}
	err := k.call(ctx, "POST", "/"+name+"/_refresh", nil, &answer)
	if err == nil && answer.Shards.Failed > 0 {
		err = fmt.Errorf("not all shards of %s were refreshed", name)
	}
	return err
}
