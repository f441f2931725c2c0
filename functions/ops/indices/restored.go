package indices

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"rental.example/adapters/opensearch"
)

// health is that of one index. Its status would not tell whether it can be read: that of a new index, and of one that
// is being restored, is yellow from the start.
type health struct {
	Initializing int `json:"initializing_shards"`
	Indices      map[string]struct {
		Shards map[string]struct {
			PrimaryActive bool `json:"primary_active"`
		}
	}
}

// readable reports whether each primary shard of the index is there.
func (h health) readable(name string) bool {
	for _, shard := range h.Indices[name].Shards {
		if !shard.PrimaryActive {
			return false
		}
	}
	return len(h.Indices[name].Shards) > 0
}

var errUnreadable = errors.New("a primary shard has no node; GET /_cluster/allocation/explain says why")

// awaitReadable waits until an index can be read, for as many polls as nothing happens to its shards.
func (a *Admin) awaitReadable(ctx context.Context, name string, patience int) error {
	for idle := 0; ; {
		var h health
		if err := a.read(ctx, "GET", "/_cluster/health/"+name+"?level=shards", nil, &h); err != nil {
			return err
		}
		if h.readable(name) {
			return nil
		}
		if idle++; h.Initializing > 0 {
			idle = 0
		}
		if idle == patience {
			return fmt.Errorf("%s cannot be read: %w", name, errUnreadable)
		}
		if err := wait(ctx, poll); err != nil {
			return err
		}
	}
}

// lost reports whether source cannot be read; an error unless that is accepted.
func (a *Admin) lost(ctx context.Context, source string, accepted bool) (bool, error) {
	const patience = 5 // an index that was just made is readable by then
	err := a.awaitReadable(ctx, source, patience)
	switch {
	case err == nil:
		return false, a.Unblock(ctx, source) // from a run that was killed
	case errors.Is(err, errUnreadable) && accepted:
		a.Logf("%s cannot be read: what was written since the snapshot is lost", source)
		return true, nil
	case errors.Is(err, errUnreadable):
		err = fmt.Errorf("%w; what was written since the snapshot would be lost: wait until it can be read, or accept that with LOSE=true", err)
	}
	return false, err
}

// restored waits until the targets can be read, and makes them writable.
func (a *Admin) restored(ctx context.Context, copies []*copier) error {
	const patience = 60
	for _, c := range copies {
		if err := a.awaitReadable(ctx, c.target, patience); err != nil {
			return err
		}
		// It may have been blocked when the snapshot was taken, and lack fields that documents have got since.
		if err := a.Unblock(ctx, c.target); err != nil {
			return err
		}
		if err := a.addFields(ctx, c.target, c.index); err != nil {
			return err
		}
	}
	return nil
}

func (a *Admin) addFields(ctx context.Context, name string, x opensearch.Index) error {
	var definition struct{ Mappings json.RawMessage }
	if err := json.Unmarshal(x.Definition, &definition); err != nil {
		return err
	}
	return a.put(ctx, "/"+name+"/_mapping", definition.Mappings, nil)
}

// dropErased removes from the targets whatever belongs to users who were erased: items, and owners by their names.
// The document of a deleted owner stays: it has no name, and hides items.
func (a *Admin) dropErased(ctx context.Context, copies []*copier) error {
	for _, c := range copies {
		if err := a.refresh(ctx, c.target); err != nil {
			return err
		}
		fields := []string{"ownerId"}
		if c.owners {
			fields = nil
		}
		var erased []string
		err := a.list(ctx, c.target, fields, func(e entry) {
			owner := e.ownerID
			if c.owners {
				owner = e.id
			}
			if a.IsErased(owner) {
				erased = append(erased, e.id)
			}
		})
		if err != nil {
			return err
		}
		dropped, err := c.drop(ctx, erased)
		if err != nil {
			return err
		}
		a.Logf("%s: %d documents of erased users removed", c.target, dropped)
	}
	return nil
}

// drop removes documents from target in whatever state they are.
func (c *copier) drop(ctx context.Context, ids []string) (dropped int, err error) {
	for batch := range slices.Chunk(ids, copyBatch) {
		documents, err := c.get(ctx, c.target, batch)
		if err != nil {
			return dropped, err
		}
		var lines []byte
		for id, d := range documents {
			var owner struct{ Name string }
			if err := json.Unmarshal(d.Source, &owner); err != nil {
				return dropped, err
			}
			if c.owners && owner.Name == "" {
				continue
			}
			lines = fmt.Appendf(lines, `{"delete":{"_id":%q}}`+"\n", id)
			c.gone[id] = true
			delete(c.kept, id)
			dropped++
		}
		if err := c.bulk(ctx, lines); err != nil {
			return dropped, err
		}
	}
	return dropped, nil
}
