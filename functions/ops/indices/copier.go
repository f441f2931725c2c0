package indices

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchitems"
)

const (
	copyBatch   = 100 // documents: 2 MB of the longest items
	concurrency = 4   // batches in flight
	// A catch-up ends with a pass that finds so few changes that the last pass, under the block, is short.
	fewChanges = 100
	maxPasses  = 20
)

// copier copies source into target while clients write to source. Each pass compares the revisions of all documents with
// those of the pass before, copies the changed documents and deletes the missing ones. Nothing depends on clocks.
type copier struct {
	*Admin
	index          opensearch.Index // of source and target
	source, target string
	unreadable     bool  // source cannot be read or written
	since          int64 // the first pass copies documents updated since then, in microseconds since 1970; 0 means all
	isOwners       bool  // documents are merged with those of target
	exclusive      bool  // target has no other documents
	// base exceeds all versions in target. Added to a sequence number of source, it is the external version of a copy, so
	// that a late attempt never replaces a later copy.
	base     int64
	previous map[string]revision // documents of source in the last pass or listSource
	passed   bool                // the first pass is complete
	deleted  map[string]bool     // since the first pass or listSource
	copied   map[string]bool     // and not deleted

	mu      sync.Mutex
	current map[string]revision // documents of source in the running pass
}

// newCopier returns a copier from source to the index of x with that version.
func (a *Admin) newCopier(x opensearch.Index, source string, version int) *copier {
	return &copier{
		Admin: a, index: x, source: source, target: fmt.Sprintf("%s-v%d", x.Alias, version), base: time.Now().UnixMicro(),
		deleted: map[string]bool{}, copied: map[string]bool{},
	}
}

// catchUp makes passes until one finds few changes.
func (c *copier) catchUp(ctx context.Context) error {
	for pass := 1; ; pass++ {
		changes, err := c.pass(ctx)
		if err != nil {
			return err
		}
		c.Logf("%s -> %s: pass %d, %d documents, %d changes", c.source, c.target, pass, len(c.previous), changes)
		if changes <= fewChanges || pass == maxPasses {
			return nil
		}
	}
}

// listSource lists the documents of source, so that the first pass notices deletions since then.
func (c *copier) listSource(ctx context.Context) error {
	if err := c.refresh(ctx, c.source); err != nil {
		return err
	}
	c.previous = map[string]revision{}
	return c.list(ctx, c.source, nil, func(h hit) { c.previous[h.id()] = h.revision })
}

// pass copies the changes since the last pass, and returns their number.
func (c *copier) pass(ctx context.Context) (changes int, err error) {
	changed, missing, err := c.differences(ctx)
	if err != nil {
		return 0, err
	}
	if err := errors.Join(c.copy(ctx, changed), c.remove(ctx, missing)); err != nil {
		return 0, err
	}
	for _, id := range changed {
		c.copied[id] = true
		delete(c.deleted, id)
	}
	for _, id := range missing {
		c.deleted[id] = true
		delete(c.copied, id)
	}
	c.previous, c.passed = c.current, true
	return len(changed) + len(missing), nil
}

// differences returns the documents of source that were written or deleted since the last pass.
func (c *copier) differences(ctx context.Context) (changed, missing []string, err error) {
	if err := c.refresh(ctx, c.source); err != nil {
		return nil, nil, err
	}
	var fields []string
	if c.since > 0 {
		fields = []string{"updatedAt"}
	}
	c.current = map[string]revision{}
	err = c.list(ctx, c.source, fields, func(h hit) {
		c.current[h.id()] = h.revision
		previous, known := c.previous[h.id()]
		isNew := !c.passed && (c.since == 0 || len(h.Fields.UpdatedAt) > 0 && h.Fields.UpdatedAt[0] >= c.since)
		if !known || previous != h.revision || isNew {
			changed = append(changed, h.id())
		}
	})
	for id := range c.previous {
		if _, ok := c.current[id]; !ok {
			missing = append(missing, id)
		}
	}
	return changed, missing, err
}

// copy copies documents.
func (c *copier) copy(ctx context.Context, ids []string) error {
	return inBatches(ids, func(batch []string) error {
		documents, err := c.get(ctx, c.source, batch)
		if err != nil {
			return err
		}
		var existing map[string]document
		if c.isOwners {
			if existing, err = c.get(ctx, c.target, batch); err != nil {
				return err
			}
		}
		c.update(documents)
		var lines bytes.Buffer
		for _, id := range batch {
			d, ok := documents[id]
			if !ok { // deleted since it was listed: the next pass deletes it
				continue
			}
			source := d.Source
			if c.isOwners {
				if source, err = opensearchitems.MergeOwnerDocuments(d.Source, existing[id].Source); err != nil {
					return err
				}
			}
			fmt.Fprintf(&lines, `{"index":{"_id":%q,"version":%d,"version_type":"external_gte"}}`+"\n%s\n", id, c.base+d.SeqNo, source)
		}
		return c.bulk(ctx, lines.Bytes())
	})
}

// update records the revisions of copied documents, which may be newer than the listed ones.
func (c *copier) update(documents map[string]document) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, d := range documents {
		c.current[id] = d.revision
	}
}

// remove deletes documents from target, with a version above that of their copies.
func (c *copier) remove(ctx context.Context, ids []string) error {
	return inBatches(ids, func(batch []string) error {
		var lines bytes.Buffer
		for _, id := range batch {
			fmt.Fprintf(&lines, `{"delete":{"_id":%q,"version":%d,"version_type":"external_gte"}}`+"\n", id, c.base+c.previous[id].SeqNo+1)
		}
		return c.bulk(ctx, lines.Bytes())
	})
}

// inBatches calls do for batches of ids, concurrently.
func inBatches(ids []string, do func(batch []string) error) error {
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	slots := make(chan struct{}, concurrency)
	for batch := range slices.Chunk(ids, copyBatch) {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := do(batch); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = err
			}
		})
	}
	group.Wait()
	return failed
}

// bulk writes lines to target. It has no other writer, so conflicts are errors, too. A retry has no further effect, since
// versions are external.
func (c *copier) bulk(ctx context.Context, lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	var response struct {
		Items []map[string]struct {
			Error struct{ Type string }
		}
	}
	if err := c.Client.Call(ctx, opensearch.RetryWrite, "POST", "/"+c.target+"/_bulk", lines, &response); err != nil {
		return err
	}
	for _, result := range response.Items {
		for action, outcome := range result {
			if outcome.Error.Type != "" {
				return fmt.Errorf("%s refuses to %s a document: %s", c.target, action, outcome.Error.Type)
			}
		}
	}
	return nil
}
