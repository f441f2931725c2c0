package indices

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"rental.example/domain"
)

// UserData is the data about one user in the indices.
type UserData struct {
	Items []json.RawMessage // documents of the index in use
	Owner json.RawMessage   // the document of the user as an owner; nil if there is none
	// UnusedIndices are indices with data about the user that a reindex or a restore left.
	UnusedIndices []string
}

// LastDeleted returns the version of the deletion in Owner; 0 if there is none, or if Owner has a name.
func (d UserData) LastDeleted() (domain.Version, error) {
	if d.Owner == nil {
		return 0, nil
	}
	var owner struct {
		Name    string
		Deleted domain.Version
	}
	if err := json.Unmarshal(d.Owner, &owner); err != nil || owner.Name != "" {
		return 0, err
	}
	return owner.Deleted, nil
}

// UserData returns the data about a user, as of all acknowledged writes.
func (a *Admin) UserData(ctx context.Context, id domain.UserID) (data UserData, err error) {
	all, err := a.aliases(ctx)
	if err != nil {
		return data, err
	}
	for _, name := range a.ownVersions(slices.Collect(maps.Keys(all))) {
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

// itemsOf returns the documents of a user's items.
func (a *Admin) itemsOf(ctx context.Context, name string, id domain.UserID) (documents []json.RawMessage, err error) {
	if err := a.refresh(ctx, name); err != nil {
		return nil, err
	}
	search := object{"query": object{"term": object{"ownerId": string(id)}}}
	err = a.searchAll(ctx, name, search, copyBatch, func(h hit) { documents = append(documents, h.Source) })
	return documents, err
}

// ownerOf returns the document of a user in an index of owners, if there is one.
func (a *Admin) ownerOf(ctx context.Context, name string, id domain.UserID) ([]json.RawMessage, error) {
	var d document
	err := a.read(ctx, "GET", "/"+name+"/_doc/"+string(id), nil, &d)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	}
	return []json.RawMessage{d.Source}, err
}
