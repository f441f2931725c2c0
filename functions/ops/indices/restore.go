package indices

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
)

// RestoreOptions are the options of RestoreItems.
type RestoreOptions struct {
	Snapshot string // REPOSITORY/NAME, or a NAME of AutomatedRepository
	// ItemsIndex and OwnersIndex are indices of the snapshot. Empty means the one that is in use now, or the only one.
	ItemsIndex, OwnersIndex string
	// Since is from when on writes to the index in use are kept. The zero time means the start of the snapshot, or a
	// little earlier, since clocks differ.
	Since time.Time
	// AllowDataLoss restores even if the index in use cannot be read. All writes since the snapshot are then lost.
	AllowDataLoss bool
}

// RestoreItems restores items and owners from a snapshot into new indices, copies later writes, deletes the data of
// erased users, and switches both aliases at once. Items that were deleted after the snapshot and before this run come
// back.
func (a *Admin) RestoreItems(ctx context.Context, options RestoreOptions) error {
	s, err := a.snapshot(ctx, options.Snapshot)
	if err != nil {
		return err
	}
	if options.Since.IsZero() {
		options.Since = s.started().Add(-domain.MaxClockSkew)
	}
	copiers, body, err := a.plan(ctx, s, options)
	if err != nil {
		return err
	}
	return a.cleanUpUnlessSwitched(ctx, copiers, func() error {
		if err := eachReadable(copiers, func(c *copier) error { return c.listSource(ctx) }); err != nil {
			return err
		}
		a.Logf("restoring %s of %s/%s", body.Indices, s.repository, s.Name)
		if err := a.call(ctx, "POST", "/_snapshot/"+s.repository+"/"+s.Name+"/_restore", body); err != nil {
			return err
		}
		if err := a.awaitRestore(ctx, copiers); err != nil {
			return err
		}
		if err := eachReadable(copiers, func(c *copier) error { return c.catchUp(ctx) }); err != nil {
			return err
		}
		if err := a.deleteErased(ctx, copiers); err != nil {
			return err
		}
		if err := a.switchAliases(ctx, copiers); err != nil {
			return err
		}
		a.Logf("now run republish, which updates all owners")
		return nil
	})
}

// eachReadable calls f for each copier with a readable source, until f fails.
func eachReadable(copiers []*copier, f func(*copier) error) error {
	for _, c := range copiers {
		if c.unreadable {
			continue
		}
		if err := f(c); err != nil {
			return err
		}
	}
	return nil
}

// restoreBody is the body of a request to restore a snapshot.
type restoreBody struct {
	Indices            string `json:"indices"`
	IncludeGlobalState bool   `json:"include_global_state"`
	IncludeAliases     bool   `json:"include_aliases"`
	RenamePattern      string `json:"rename_pattern"`
	RenameReplacement  string `json:"rename_replacement"`
}

// plan returns a copier from each index in use to a restored one, and the request that restores them.
func (a *Admin) plan(ctx context.Context, s snapshot, options RestoreOptions) (copiers []*copier, body restoreBody, err error) {
	all, err := a.ensureAliases(ctx)
	if err != nil {
		return nil, body, err
	}
	number := a.nextVersion(slices.AppendSeq(slices.Clone(s.Indices), maps.Keys(all)))
	requested := map[string]string{a.items.Alias: options.ItemsIndex, a.owners.Alias: options.OwnersIndex}
	var chosen []string
	for _, x := range []opensearch.Index{a.items, a.owners} {
		source, err := indexOf(all, x.Alias)
		if err != nil {
			return nil, body, err
		}
		index, err := choose(s, x.Alias, requested[x.Alias], source)
		if err != nil {
			return nil, body, err
		}
		c := a.newCopier(x, source, number)
		if c.unreadable, err = a.checkSource(ctx, source, options.AllowDataLoss); err != nil {
			return nil, body, err
		}
		if c.isOwners = x.Alias == a.owners.Alias; !c.isOwners {
			c.since = options.Since.UnixMicro()
		}
		copiers, chosen = append(copiers, c), append(chosen, index)
	}
	return copiers, restoreBody{
		Indices: strings.Join(chosen, ","), RenamePattern: "(.+)-v[0-9]+", RenameReplacement: fmt.Sprintf("$1-v%d", number),
	}, nil
}

// ensureAliases returns all indices with their aliases. It creates a missing alias and its first index, as the first
// request of a function would do later: its writes would be lost.
func (a *Admin) ensureAliases(ctx context.Context) (map[string][]string, error) {
	all, err := a.aliases(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range []opensearch.Index{a.items, a.owners} {
		if len(indicesOf(all, x.Alias)) > 0 {
			continue
		}
		first := x.Alias + "-v1"
		if _, exists := all[first]; !exists {
			if err := a.create(ctx, first, x); err != nil {
				return nil, err
			}
		}
		if err := a.put(ctx, "/"+first+"/_aliases/"+x.Alias, nil, nil); err != nil {
			return nil, err
		}
	}
	return a.aliases(ctx)
}

// choose returns the index of s to restore: the requested one, the one in use, or the only one.
func choose(s snapshot, alias, requested, inUse string) (string, error) {
	names := versions(alias, s.Indices)
	switch {
	case requested != "" && slices.Contains(names, requested):
		return requested, nil
	case requested == "" && slices.Contains(names, inUse):
		return inUse, nil
	case requested == "" && len(names) == 1:
		return names[0], nil
	}
	return "", fmt.Errorf("the snapshot %s has the indices [%s] of %s: say which one", s.Name, strings.Join(names, ", "), alias)
}

// awaitRestore waits until the targets can be read. It removes their write blocks, and adds fields that were added to the
// definition after the snapshot.
func (a *Admin) awaitRestore(ctx context.Context, copiers []*copier) error {
	const idlePolls = 60
	for _, c := range copiers {
		if err := a.awaitReadable(ctx, c.target, idlePolls); err != nil {
			return err
		}
		if err := a.Unblock(ctx, c.target); err != nil {
			return err
		}
		mappings, err := c.index.Mappings()
		if err != nil {
			return err
		}
		if err := a.put(ctx, "/"+c.target+"/_mapping", mappings, nil); err != nil {
			return err
		}
	}
	return nil
}
