package indices

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"rental.example/adapters/opensearch"
)

type health struct {
	Status       string
	Initializing int `json:"initializing_shards"`
	Unassigned   int `json:"unassigned_shards"`
}

func (k *Keeper) health(ctx context.Context, name string) (h health, err error) {
	return h, k.call(ctx, "GET", "/_cluster/health/"+name, nil, &h)
}

// lost reports whether source cannot be read; an error unless that is accepted.
func (k *Keeper) lost(ctx context.Context, source string, accepted bool) (bool, error) {
	h, err := k.health(ctx, source)
	switch {
	case err != nil:
		return false, err
	case h.Status != "red":
		return false, k.Unblock(ctx, source) // from a run that was killed
	case accepted:
		k.Say("%s cannot be read: what was written since the snapshot is lost", source)
		return true, nil
	}
	return false, fmt.Errorf("%s cannot be read, so what was written since the snapshot would be lost: "+
		"wait until it can be, or accept that with LOSE=true", source)
}

// restored waits until the primary shards of the targets are there.
func (k *Keeper) restored(ctx context.Context, copies []*copier) error {
	const patience = 60 // polls
	for _, c := range copies {
		for stuck := 0; ; {
			h, err := k.health(ctx, c.target)
			if err != nil {
				return err
			}
			if h.Status != "red" {
				break
			}
			if stuck++; h.Initializing > 0 {
				stuck = 0
			}
			if stuck == patience {
				return fmt.Errorf("%s is not restored: %d shards have no node. GET /_cluster/allocation/explain says why", c.target, h.Unassigned)
			}
			if err := wait(ctx, poll); err != nil {
				return err
			}
		}
		// It may have been blocked when the snapshot was taken, and lack fields that documents have got since.
		if err := k.Unblock(ctx, c.target); err != nil {
			return err
		}
		if err := k.addFields(ctx, c.target, c.index); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) addFields(ctx context.Context, name string, x opensearch.Index) error {
	var definition struct{ Mappings json.RawMessage }
	if err := json.Unmarshal(x.Definition, &definition); err != nil {
		return err
	}
	return k.call(ctx, "PUT", "/"+name+"/_mapping", definition.Mappings, nil)
}

// dropErased removes from the targets whatever belongs to users who were erased: items, and owners by their names.
// What is known of a deletion stays, since it names nobody, and hides items.
func (k *Keeper) dropErased(ctx context.Context, copies []*copier) error {
	for _, c := range copies {
		if err := k.refresh(ctx, c.target); err != nil {
			return err
		}
		fields := []string{"ownerId"}
		if c.owners {
			fields = nil
		}
		var erased []string
		err := k.list(ctx, c.target, fields, func(e entry) {
			owner := e.ownerID
			if c.owners {
				owner = e.id
			}
			if k.Erased(owner) {
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
		k.Say("%s: %d documents of erased users removed", c.target, dropped)
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
