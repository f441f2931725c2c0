package indices

import (
	"context"
	"fmt"
	"time"
)

// follow runs do, which leads to a switch, and cleans up unless the switch has happened: writes go on in the old
// indices, and the new ones are deleted.
func (a *Admin) follow(ctx context.Context, copies []*copier, do func() error) error {
	err := do()
	if err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	for _, c := range copies {
		all, listErr := a.aliases(ctx)
		aliases, there := all[c.target]
		if listErr != nil || len(aliases) > 0 {
			return fmt.Errorf("%w; whether the aliases were switched has to be looked up", err)
		}
		if !c.lost {
			if unblockErr := a.Unblock(ctx, c.source); unblockErr != nil {
				err = fmt.Errorf("%w; %s stays blocked for writes: run unblock %s", err, c.source, c.source)
			}
		}
		if !there {
			continue
		}
		if dropErr := a.Drop(ctx, c.target); dropErr != nil {
			a.Logf("%s is left over: run drop-index %s", c.target, c.target)
		}
	}
	return err
}

// switchOver blocks writes of the sources, copies what is left, and then, after GracePeriod, has the aliases stand for the
// targets, all in one step. Reads go on throughout. Writes meanwhile are refused as unavailable, and their callers
// try again. The sources stay blocked: nothing that is written there later would ever be seen.
func (a *Admin) switchOver(ctx context.Context, copies []*copier) error {
	begun := time.Now()
	err := eachKept(copies, func(c *copier) error {
		if err := a.block(ctx, c.source); err != nil {
			return err
		}
		_, err := c.pass(ctx)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range copies {
		if err := c.verify(ctx); err != nil {
			return err
		}
	}
	select {
	case <-time.After(a.GracePeriod - time.Since(begun)):
	case <-ctx.Done():
		return ctx.Err()
	}
	return a.point(ctx, copies, time.Since(begun))
}

// verify compares the target with what was copied.
func (c *copier) verify(ctx context.Context) error {
	if err := c.refresh(ctx, c.target); err != nil {
		return err
	}
	there, foreign := 0, 0
	err := c.list(ctx, c.target, nil, func(e entry) {
		switch {
		case c.kept[e.id]:
			there++
		case c.exact || c.gone[e.id]:
			foreign++
		}
	})
	if err == nil && (there != len(c.kept) || foreign > 0) {
		err = fmt.Errorf("%s has %d of %d documents of %s, and %d that are not there", c.target, there, len(c.kept), c.source, foreign)
	}
	return err
}

// point has the aliases stand for the targets.
func (a *Admin) point(ctx context.Context, copies []*copier, blocked time.Duration) error {
	var actions []object
	for _, c := range copies {
		actions = append(actions,
			object{"remove": object{"index": c.source, "alias": c.index.Alias, "must_exist": true}},
			object{"add": object{"index": c.target, "alias": c.index.Alias}})
	}
	failure := a.call(ctx, "POST", "/_aliases", object{"actions": actions})
	if failure != nil { // it may have been the response alone that was lost
		all, err := a.aliases(ctx)
		if err != nil {
			return failure
		}
		for _, c := range copies {
			if name, err := indexOf(all, c.index.Alias); err != nil || name != c.target {
				return failure
			}
		}
	}
	for _, c := range copies {
		a.Logf("%s now stands for %s; writes were refused for %.0f s", c.index.Alias, c.target, blocked.Seconds())
		a.Logf("%s stays, and nothing uses it: when all is well, run drop-index %s", c.source, c.source)
	}
	return nil
}

// Reindex copies the index of the items, or that of their owners, into a new one of today's definition, with as many
// primary shards unless that is zero, and switches the alias to it. Nothing that was acknowledged is lost, and
// nothing that was deleted comes back.
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
	if err := a.Unblock(ctx, source); err != nil { // from a run that was killed
		return err
	}
	c := a.newCopier(x, source, fmt.Sprintf("%s-v%d", x.Alias, a.next(all, nil)))
	c.exact = true
	if err := a.create(ctx, c.target, x, shards); err != nil {
		return err
	}
	copies := []*copier{c}
	return a.follow(ctx, copies, func() error {
		if err := c.catchUp(ctx); err != nil {
			return err
		}
		return a.switchOver(ctx, copies)
	})
}
