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
)

const (
	copyBatch = 100 // whole documents: 2 MB of the longest items
	copiers   = 4   // batches at once
	// A catch-up ends when a pass finds so few changes that the last one, under the block, is short.
	fewChanges = 100
	maxPasses  = 20
)

// copier makes target hold what source holds, while source is written to. Each pass compares the states of all
// documents with those of the pass before, copies what has changed and removes what is gone; so nothing depends on
// clocks, and deletions are copied, too.
type copier struct {
	*Admin
	index          opensearch.Index // of which both are
	source, target string
	lost           bool  // source cannot be read, nor does anybody write there
	since          int64 // the first pass copies what has changed since then, in microseconds since 1970; 0: all
	owners         bool  // documents are joined with those of target
	exact          bool  // target has nothing else
	// base is above every version in target. With a document's sequence number it makes an external version, by which
	// an attempt that arrives late never replaces a later one.
	base int64
	seen map[string]state // by the last pass, or by look
	past bool             // the first pass
	gone map[string]bool  // since the first look or pass
	kept map[string]bool  // copied, and not gone

	mu      sync.Mutex
	present map[string]state // by the pass that runs
}

func (a *Admin) newCopier(x opensearch.Index, source, target string) *copier {
	return &copier{
		Admin: a, index: x, source: source, target: target, base: time.Now().UnixMicro(),
		gone: map[string]bool{}, kept: map[string]bool{},
	}
}

// catchUp repeats passes until one finds few changes.
func (c *copier) catchUp(ctx context.Context) error {
	for pass := 1; ; pass++ {
		changes, err := c.pass(ctx)
		if err != nil {
			return err
		}
		c.Logf("%s -> %s: pass %d, %d documents, %d changes", c.source, c.target, pass, len(c.seen), changes)
		if changes <= fewChanges || pass == maxPasses {
			return nil
		}
	}
}

// look notes what source has, so that what is deleted before the first pass counts as deleted.
func (c *copier) look(ctx context.Context) error {
	if err := c.refresh(ctx, c.source); err != nil {
		return err
	}
	c.seen = map[string]state{}
	return c.list(ctx, c.source, nil, func(e entry) { c.seen[e.id] = e.state })
}

// pass copies what has changed since the last one.
func (c *copier) pass(ctx context.Context) (changes int, err error) {
	changed, gone, err := c.differences(ctx)
	if err != nil {
		return 0, err
	}
	if err := errors.Join(c.copy(ctx, changed), c.remove(ctx, gone)); err != nil {
		return 0, err
	}
	for _, id := range changed {
		c.kept[id] = true
		delete(c.gone, id)
	}
	for _, id := range gone {
		c.gone[id] = true
		delete(c.kept, id)
	}
	c.seen, c.past = c.present, true
	return len(changed) + len(gone), nil
}

// differences are the documents that have changed or gone since the last pass.
func (c *copier) differences(ctx context.Context) (changed, gone []string, err error) {
	if err := c.refresh(ctx, c.source); err != nil {
		return nil, nil, err
	}
	c.present = map[string]state{}
	err = c.list(ctx, c.source, c.listedFields(), func(e entry) {
		c.present[e.id] = e.state
		last, known := c.seen[e.id]
		if unchanged := known && last == e.state; unchanged && (c.past || e.updatedAt < c.since) {
			return
		}
		changed = append(changed, e.id)
	})
	for id := range c.seen {
		if _, ok := c.present[id]; !ok {
			gone = append(gone, id)
		}
	}
	return changed, gone, err
}

// listedFields are what a pass looks at beside states.
func (c *copier) listedFields() []string {
	if c.since > 0 {
		return []string{"updatedAt"}
	}
	return nil
}

// copy has batches of ids copied, some at once.
func (c *copier) copy(ctx context.Context, ids []string) error {
	return inBatches(ids, func(batch []string) error {
		documents, err := c.get(ctx, c.source, batch)
		if err != nil {
			return err
		}
		present := map[string]document{}
		if c.owners {
			if present, err = c.get(ctx, c.target, batch); err != nil {
				return err
			}
		}
		c.read(documents)
		var lines bytes.Buffer
		for _, id := range batch {
			d, ok := documents[id]
			if !ok { // gone since; the next pass sees that
				continue
			}
			source := d.Source
			if c.owners {
				if source, err = opensearch.MergeOwnerDocuments(d.Source, present[id].Source); err != nil {
					return err
				}
			}
			fmt.Fprintf(&lines, `{"index":{"_id":%q,"version":%d,"version_type":"external_gte"}}`+"\n%s\n", id, c.base+d.SeqNo, source)
		}
		return c.bulk(ctx, lines.Bytes())
	})
}

// read notes the states that documents are copied in, which may be later than those that the pass has listed.
func (c *copier) read(documents map[string]document) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, d := range documents {
		c.present[id] = state{d.SeqNo, d.Term}
	}
}

// remove deletes ids from target, above the version that they were copied at.
func (c *copier) remove(ctx context.Context, ids []string) error {
	return inBatches(ids, func(batch []string) error {
		var lines bytes.Buffer
		for _, id := range batch {
			fmt.Fprintf(&lines, `{"delete":{"_id":%q,"version":%d,"version_type":"external_gte"}}`+"\n", id, c.base+c.seen[id].seqNo+1)
		}
		return c.bulk(ctx, lines.Bytes())
	})
}

func inBatches(ids []string, do func(batch []string) error) error {
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	slots := make(chan struct{}, copiers)
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

// bulk writes lines into target. There is no other writer, so a conflict is an error like any other.
func (c *copier) bulk(ctx context.Context, lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	var answer struct {
		Errors bool
		Items  []map[string]struct {
			Status int
			Error  struct{ Type string }
		}
	}
	if err := c.Client.Call(ctx, opensearch.RetryWrite, "POST", "/"+c.target+"/_bulk", lines, &answer); err != nil {
		return err
	}
	for _, item := range answer.Items {
		for action, outcome := range item {
			if outcome.Error.Type != "" {
				return fmt.Errorf("%s refuses to %s a document: %s", c.target, action, outcome.Error.Type)
			}
		}
	}
	return nil
}
