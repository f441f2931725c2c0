package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain"
	"rental.example/domain/item"
)

// Owners is the item.Owners in the index of owners: a document for each one that something is known of.
type Owners struct{ client *Client }

var _ item.Owners = (*Owners)(nil)

// NewOwners is what is known of owners in client's index of them.
func NewOwners(client *Client) *Owners { return &Owners{client: client} }

// ownerRecord is an owner as owners.index.json has it.
type ownerRecord struct {
	ID      string  `json:"id"`
	Version int64   `json:"version"`
	Name    string  `json:"name,omitempty"`
	Ratings float64 `json:"ratings"`
	Deleted int64   `json:"deleted"`
	// DeletedKnown is in microseconds since 1970; nil without a deletion.
	DeletedKnown *int64 `json:"deletedKnown,omitempty"`
}

func (r *ownerRecord) read(d *decoder) {
	for name := range d.members {
		switch string(name) {
		case "id":
			d.text(&r.ID)
		case "version":
			d.integer(&r.Version)
		case "name":
			d.text(&r.Name)
		case "ratings":
			d.float(&r.Ratings)
		case "deleted":
			d.integer(&r.Deleted)
		case "deletedKnown":
			d.optional(&r.DeletedKnown)
		}
	}
}

func recordOfOwner(o item.Owner) ownerRecord {
	r := ownerRecord{ID: string(o.ID), Version: int64(o.Version), Name: o.Name, Ratings: o.Ratings, Deleted: int64(o.LastDeleted)}
	if o.LastDeleted > 0 {
		r.DeletedKnown = aws.Int64(o.DeletionReceived.UnixMicro())
	}
	return r
}

func (r ownerRecord) owner() item.Owner {
	o := item.Owner{
		ID: domain.UserID(r.ID), Version: domain.Version(r.Version), Name: r.Name, Ratings: r.Ratings, LastDeleted: domain.Version(r.Deleted),
	}
	if r.DeletedKnown != nil {
		o.DeletionReceived = domain.Version(*r.DeletedKnown).Time()
	}
	return o
}

// wanted asks for documents by their ids.
type wanted struct {
	IDs []domain.UserID `json:"ids"`
}

// Owners implements item.Owners by one request, which is real time as a look-up by id is.
func (s *Owners) Owners(ctx context.Context, ids []domain.UserID) (map[domain.UserID]item.Owner, error) {
	owners := make(map[domain.UserID]item.Owner, len(ids))
	if len(ids) == 0 {
		return owners, nil
	}
	body, err := json.Marshal(wanted{IDs: ids})
	if err != nil {
		return nil, fmt.Errorf("opensearch: %w", err)
	}
	x := s.client.owners
	got, err := do[documents[ownerRecord, *ownerRecord]](ctx, s.client, "mget "+x.alias, x, func() opensearchapi.Request {
		return opensearchapi.MgetRequest{Index: x.alias, Body: bytes.NewReader(body)}
	})
	if err != nil {
		return nil, err
	}
	if len(got.all) != len(ids) {
		return nil, fmt.Errorf("opensearch: mget %s: %w", x.alias, nonsense("holds too many or too few documents"))
	}
	for i, id := range ids {
		owners[id] = item.Owner{ID: id}
		if d := got.all[i]; d.id != string(id) {
			return nil, fmt.Errorf("opensearch: mget %s: %w", x.alias, nonsense("holds another document"))
		} else if d.found {
			owners[id] = d.source.owner()
		}
	}
	return owners, nil
}

const (
	mergeAttempts = 8
	mergeBackoff  = 4 * time.Millisecond // before the first repetition; doubled for each one
)

// Merge implements item.Owners. A write whose answer was lost needs no special care: the next attempt
// finds that there is nothing left to add.
func (s *Owners) Merge(ctx context.Context, e item.OwnerEvent) (o item.Owner, err error) {
	if _, err := domain.ParseUserID(string(e.OwnerID)); err != nil {
		return item.Owner{}, fmt.Errorf("opensearch: %q is no user's id: %w", e.OwnerID, domain.ErrInvalid)
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
	r, at, err := read[ownerRecord](ctx, s.client, s.client.owners, id)
	known, over := r.owner(), &at
	switch {
	case errors.Is(err, domain.ErrNotFound):
		known, over = item.Owner{ID: e.OwnerID}, nil
	case err != nil:
		return item.Owner{}, err
	}
	merged := known.Merge(e)
	if merged == known {
		return merged, nil
	}
	return merged, s.client.write(ctx, s.client.owners, id, recordOfOwner(merged), over, "")
}
