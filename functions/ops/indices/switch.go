package indices

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// cleanUpUnlessSwitched runs run, which ends with a switch of aliases. If run fails before that switch, the sources are
// unblocked and the targets deleted.
func (a *Admin) cleanUpUnlessSwitched(ctx context.Context, copiers []*copier, run func() error) error {
	err := run()
	if err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	for _, c := range copiers {
		all, listErr := a.aliases(ctx)
		aliases, exists := all[c.target]
		if listErr != nil || len(aliases) > 0 {
			return fmt.Errorf("%w; check whether the aliases were switched", err)
		}
		if !c.unreadable {
			if unblockErr := a.Unblock(ctx, c.source); unblockErr != nil {
				err = fmt.Errorf("%w; %s stays blocked for writes: run unblock %s", err, c.source, c.source)
			}
		}
		if !exists {
			continue
		}
		if dropErr := a.Drop(ctx, c.target); dropErr != nil {
			a.Logf("%s was not deleted: run drop-index %s", c.target, c.target)
		}
	}
	return err
}

// switchAliases blocks writes to the sources, copies the last changes, and after GracePeriod switches all aliases to the
// targets at once. Reads go on; writes meanwhile are refused as unavailable and retried by their callers. The sources stay
// blocked, since no reader would see later writes.
func (a *Admin) switchAliases(ctx context.Context, copiers []*copier) error {
	start := time.Now()
	err := eachReadable(copiers, func(c *copier) error {
		if err := a.block(ctx, c.source); err != nil {
			return err
		}
		_, err := c.pass(ctx)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range copiers {
		if err := c.verify(ctx); err != nil {
			return err
		}
	}
	if err := wait(ctx, a.GracePeriod-time.Since(start)); err != nil {
		return err
	}
	return a.updateAliases(ctx, copiers, time.Since(start))
}

// verify compares the target with the copied documents.
func (c *copier) verify(ctx context.Context) error {
	if err := c.refresh(ctx, c.target); err != nil {
		return err
	}
	copied, unexpected := 0, 0
	err := c.list(ctx, c.target, nil, func(h hit) {
		switch {
		case c.copied[h.id()]:
			copied++
		case c.exclusive || c.deleted[h.id()]:
			unexpected++
		}
	})
	if err == nil && (copied != len(c.copied) || unexpected > 0) {
		err = fmt.Errorf("%s has %d of %d documents of %s, and %d others", c.target, copied, len(c.copied), c.source, unexpected)
	}
	return err
}

// updateAliases points all aliases to the targets.
func (a *Admin) updateAliases(ctx context.Context, copiers []*copier, blocked time.Duration) error {
	var actions []object
	for _, c := range copiers {
		actions = append(actions,
			object{"remove": object{"index": c.source, "alias": c.index.Alias, "must_exist": true}},
			object{"add": object{"index": c.target, "alias": c.index.Alias}})
	}
	if err := a.call(ctx, "POST", "/_aliases", object{"actions": actions}); err != nil { // perhaps a lost response
		all, readErr := a.aliases(ctx)
		for _, c := range copiers {
			if readErr != nil || !slices.Equal(indicesOf(all, c.index.Alias), []string{c.target}) {
				return err
			}
		}
	}
	for _, c := range copiers {
		a.Logf("%s now points to %s; writes were refused for %.0f s", c.index.Alias, c.target, blocked.Seconds())
		a.Logf("%s is no longer used: when all is well, run drop-index %s", c.source, c.source)
	}
	return nil
}

// Reindex copies the index of items, or that of owners, into a new one with the current definition, and switches the
// alias to it. shards is the number of primary shards; 0 means that of the definition. No acknowledged write is lost, and
// no deleted document comes back.
func (a *Admin) Reindex(ctx context.Context, owners bool, shards int) error {
	x := a.items
	if owners {
		x = a.owners
	}
	all, err := a.aliases(ctx)
	if err != nil {
		return err
	}
	source, err := indexOf(all, x.Alias)
	if err != nil {
		return err
	}
	if err := a.Unblock(ctx, source); err != nil { // an interrupted run may have left it blocked
		return err
	}
	c := a.newCopier(x, source, a.nextVersion(slices.Collect(maps.Keys(all))))
	c.exclusive = true
	x.Shards = shards
	if err := a.create(ctx, c.target, x); err != nil {
		return err
	}
	copiers := []*copier{c}
	return a.cleanUpUnlessSwitched(ctx, copiers, func() error {
		if err := c.catchUp(ctx); err != nil {
			return err
		}
		return a.switchAliases(ctx, copiers)
	})
}
