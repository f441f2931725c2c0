package indices

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"rental.example/domain"
)

// UserData is what the indices hold about one user.
type UserData struct {
	Items []json.RawMessage // documents of the index in use
	Owner json.RawMessage   // what items know of the user; nil for nothing
	// UnusedIndices are indices that are not in use and hold something about the user: they were left after a reindex or
	// a restore.
	UnusedIndices []string
}

// Deleted is the version of the deletion that items know of; 0 for none, and while they know a name.
func (d UserData) LastDeleted() (domain.Version, error) {
	var owner struct {
		Name    string
		Deleted domain.Version
	}
	if d.Owner == nil {
		return 0, nil
	}
	if err := json.Unmarshal(d.Owner, &owner); err != nil || owner.Name != "" {
		return 0, err
	}
	return owner.Deleted, nil
}

// UserData returns the data about a user, as of all writes that were acknowledged before.
func (a *Admin) UserData(ctx context.Context, id domain.UserID) (data UserData, err error) {
	all, err := a.aliases(ctx)
	if err != nil {
		return data, err
	}
	for _, name := range a.ownNames(all) {
		_, isItems := version(a.items.Alias, name)
		var documents []json.RawMessage
		if isItems {
			documents, err = a.itemsOf(ctx, name, id)
		} else {
			documents, err = a.ownerOf(ctx, name, id)
		}
		switch used := len(all[name]) > 0; {
		case err != nil:
			return data, err
		case used && isItems:
			data.Items = documents
		case used && len(documents) > 0:
			data.Owner = documents[0]
		case !used && len(documents) > 0:
			data.UnusedIndices = append(data.UnusedIndices, name)
		}
	}
	slices.Sort(data.UnusedIndices)
	return data, nil
}

// itemsOf are the documents of a user's items.
func (a *Admin) itemsOf(ctx context.Context, name string, id domain.UserID) (found []json.RawMessage, err error) {
	if err := a.refresh(ctx, name); err != nil {
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
		if err := a.read(ctx, "POST", "/"+name+"/_search", search, &page); err != nil {
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
func (a *Admin) ownerOf(ctx context.Context, name string, id domain.UserID) ([]json.RawMessage, error) {
	var d document
	err := a.read(ctx, "GET", "/"+name+"/_doc/"+string(id), nil, &d)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	}
	return []json.RawMessage{d.Source}, err
}

func (a *Admin) refresh(ctx context.Context, name string) error {
	var answer struct {
		Shards struct{ Failed int } `json:"_shards"`
	}
	err := a.read(ctx, "POST", "/"+name+"/_refresh", nil, &answer)
	if err == nil && answer.Shards.Failed > 0 {
		err = fmt.Errorf("not all shards of %s were refreshed", name)
	}
	return err
}
