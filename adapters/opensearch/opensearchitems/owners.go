package opensearchitems

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
	"rental.example/domain/item"
)

// Owners implements item.Owners with the index of owners, which has one document for each known owner.
type Owners struct{ documents opensearch.Documents }

var _ item.Owners = (*Owners)(nil)

// NewOwners returns the owners in client's index of owners.
func NewOwners(client *Client) *Owners { return &Owners{documents: client.Documents(client.owners)} }

// ownerRecord is an owner as a document of owners.index.json. The stored names cannot change: existing documents have them.
type ownerRecord struct {
	ID          string  `json:"id"`
	Version     int64   `json:"version"`
	Name        string  `json:"name,omitempty"`
	Ratings     float64 `json:"ratings"`
	LastDeleted int64   `json:"deleted"`
	// DeletionReceived is in microseconds since 1970; nil without a deletion.
	DeletionReceived *int64 `json:"deletedKnown,omitempty"`
}

// Read implements opensearch.Readable.
func (r *ownerRecord) Read(d *opensearch.Decoder) {
	for name := range d.Members {
		switch string(name) {
		case "id":
			d.String(&r.ID)
		case "version":
			d.Integer(&r.Version)
		case "name":
			d.String(&r.Name)
		case "ratings":
			d.Float(&r.Ratings)
		case "deleted":
			d.Integer(&r.LastDeleted)
		case "deletedKnown":
			d.Optional(&r.DeletionReceived)
		}
	}
}

func recordOfOwner(o item.Owner) ownerRecord {
	r := ownerRecord{ID: string(o.ID), Version: int64(o.Version), Name: o.Name, Ratings: o.Ratings, LastDeleted: int64(o.LastDeleted)}
	if o.LastDeleted > 0 {
		r.DeletionReceived = aws.Int64(o.DeletionReceived.UnixMicro())
	}
	return r
}

func (r ownerRecord) owner() item.Owner {
	o := item.Owner{
		ID: domain.UserID(r.ID), Version: domain.Version(r.Version), Name: r.Name, Ratings: r.Ratings, LastDeleted: domain.Version(r.LastDeleted),
	}
	if r.DeletionReceived != nil {
		o.DeletionReceived = fromMicros(*r.DeletionReceived)
	}
	return o
}

// Owners implements item.Owners by one multi-get, which sees all acknowledged writes.
func (s *Owners) Owners(ctx context.Context, ids []domain.UserID) (map[domain.UserID]item.Owner, error) {
	owners := make(map[domain.UserID]item.Owner, len(ids))
	if len(ids) == 0 {
		return owners, nil
	}
	found, err := opensearch.MultiGet[ownerRecord](ctx, s.documents, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		owners[id] = item.Owner{ID: id}
		if r, ok := found[id]; ok {
			owners[id] = r.owner()
		}
	}
	return owners, nil
}

const (
	mergeAttempts = 8
	mergeBackoff  = 4 * time.Millisecond // before the first retry, at most; doubled for each one
)

// Merge implements item.Owners. A lost response needs no special care: the next attempt finds nothing left to merge.
func (s *Owners) Merge(ctx context.Context, e item.OwnerEvent) (o item.Owner, err error) {
	if _, err := domain.ParseUserID(string(e.OwnerID)); err != nil {
		return item.Owner{}, fmt.Errorf("opensearch: invalid user id %q: %w", e.OwnerID, domain.ErrInvalid)
	}
	err = domain.Retry(ctx, mergeAttempts, mergeBackoff, domain.ErrConflict, func() error {
		o, err = s.mergeOnce(ctx, e)
		return err
	})
	if err != nil {
		return item.Owner{}, err
	}
	return o, nil
}

func (s *Owners) mergeOnce(ctx context.Context, e item.OwnerEvent) (item.Owner, error) {
	id := string(e.OwnerID)
	current, base := item.Owner{ID: e.OwnerID}, (*opensearch.Revision)(nil)
	r, at, err := opensearch.Get[ownerRecord](ctx, s.documents, id)
	switch {
	case err == nil:
		current, base = r.owner(), &at
	case !errors.Is(err, domain.ErrNotFound):
		return item.Owner{}, err
	}
	merged := current.Merge(e)
	if merged.Equal(current) {
		return merged, nil
	}
	return merged, s.documents.Put(ctx, id, recordOfOwner(merged), base, "")
}
