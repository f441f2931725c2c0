package indices

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// deleteErased deletes the documents of erased users from the targets: items, and owners with a name. The document of a
// deleted owner stays: it has no name, and hides items.
func (a *Admin) deleteErased(ctx context.Context, copiers []*copier) error {
	for _, c := range copiers {
		ids, err := c.erasedIDs(ctx)
		if err != nil {
			return err
		}
		deleted, err := c.deleteDocuments(ctx, ids)
		if err != nil {
			return err
		}
		a.Logf("%s: %d documents of erased users deleted", c.target, deleted)
	}
	return nil
}

// erasedIDs returns the ids of the target's documents that belong to erased users.
func (c *copier) erasedIDs(ctx context.Context) (ids []string, err error) {
	if err := c.refresh(ctx, c.target); err != nil {
		return nil, err
	}
	var fields []string
	if !c.isOwners {
		fields = []string{"ownerId"}
	}
	err = c.list(ctx, c.target, fields, func(h hit) {
		owner := h.id()
		if !c.isOwners {
			owner = strings.Join(h.Fields.OwnerID, "")
		}
		if c.IsErased(owner) {
			ids = append(ids, h.id())
		}
	})
	return ids, err
}

// deleteDocuments deletes documents of the target whatever their revision, except owners without a name.
func (c *copier) deleteDocuments(ctx context.Context, ids []string) (deleted int, err error) {
	for batch := range slices.Chunk(ids, copyBatch) {
		documents, err := c.get(ctx, c.target, batch)
		if err != nil {
			return deleted, err
		}
		var lines []byte
		for id, d := range documents {
			var record struct{ Name string }
			if err := json.Unmarshal(d.Source, &record); err != nil {
				return deleted, err
			}
			if c.isOwners && record.Name == "" {
				continue
			}
			lines = fmt.Appendf(lines, `{"delete":{"_id":%q}}`+"\n", id)
			c.deleted[id] = true
			delete(c.copied, id)
			deleted++
		}
		if err := c.bulk(ctx, lines); err != nil {
			return deleted, err
		}
	}
	return deleted, nil
}
