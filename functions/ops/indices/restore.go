package indices

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
)

// RestoreOptions says what RestoreItems is to do.
type RestoreOptions struct {
	Snapshot string // REPOSITORY/NAME; the repository is AutomatedRepository where there is no slash
	// Items and Owners are the indices of the snapshot. Empty are those that are in use now, or the only ones.
	ItemsIndex, OwnersIndex string
	// Since is from when on what the index in use has is kept, over the snapshot. The zero is the snapshot's start,
	// or a little earlier, since clocks differ.
	Since time.Time
	// Lose goes on where the index in use cannot be read, and all that was written since the snapshot is lost.
	AllowDataLoss bool
}

// RestoreItems restores items and owners from a snapshot into new indices, adds what has been written since, leaves
// out who was erased, and switches both aliases in one step. An item that its owner deleted after the snapshot and
// before this run comes back.
func (a *Admin) RestoreItems(ctx context.Context, r RestoreOptions) error {
	s, err := a.snapshot(ctx, r.Snapshot)
	if err != nil {
		return err
	}
	if r.Since.IsZero() {
		r.Since = s.started().Add(-domain.MaxClockSkew)
	}
	copies, order, err := a.plan(ctx, s, r)
	if err != nil {
		return err
	}
	return a.follow(ctx, copies, func() error {
		if err := eachKept(copies, func(c *copier) error { return c.look(ctx) }); err != nil {
			return err
		}
		a.Logf("restoring %s of %s/%s", order.Indices, s.repository, s.Name)
		if err := a.call(ctx, "POST", "/_snapshot/"+s.repository+"/"+s.Name+"/_restore", order); err != nil {
			return err
		}
		if err := a.restored(ctx, copies); err != nil {
			return err
		}
		if err := eachKept(copies, func(c *copier) error { return c.catchUp(ctx) }); err != nil {
			return err
		}
		if err := a.dropErased(ctx, copies); err != nil {
			return err
		}
		if err := a.switchOver(ctx, copies); err != nil {
			return err
		}
		a.Logf("now run republish: items then know of every profile as it is")
		return nil
	})
}

// eachKept does something with each copy whose index in use can be read, until it fails.
func eachKept(copies []*copier, do func(*copier) error) error {
	for _, c := range copies {
		if c.lost {
			continue
		}
		if err := do(c); err != nil {
			return err
		}
	}
	return nil
}

func (a *Admin) snapshot(ctx context.Context, path string) (snapshot, error) {
	repository, name, ok := strings.Cut(path, "/")
	if !ok {
		repository, name = AutomatedRepository, path
	}
	if err := errors.Join(checkName("the repository", repository), checkName("the snapshot", name)); err != nil {
		return snapshot{}, err
	}
	found, err := a.snapshots(ctx, repository, name)
	if err != nil {
		return snapshot{}, err
	}
	if len(found) != 1 || found[0].State != "SUCCESS" {
		return snapshot{}, fmt.Errorf("the snapshot %s/%s is not whole: choose one of which snapshots says SUCCESS", repository, name)
	}
	return found[0], nil
}

// order is the body of a request to restore.
type order struct {
	Indices            string `json:"indices"`
	IncludeGlobalState bool   `json:"include_global_state"`
	IncludeAliases     bool   `json:"include_aliases"`
	RenamePattern      string `json:"rename_pattern"`
	RenameReplacement  string `json:"rename_replacement"`
}

// plan is what to restore under which names, and the copies that follow: from what is in use to what is restored.
func (a *Admin) plan(ctx context.Context, s snapshot, r RestoreOptions) (copies []*copier, o order, err error) {
	all, err := a.ensured(ctx)
	if err != nil {
		return nil, o, err
	}
	number := a.next(all, s.Indices)
	wanted := map[string]string{a.items.Alias: r.ItemsIndex, a.owners.Alias: r.OwnersIndex}
	var chosen []string
	for _, x := range []opensearch.Index{a.items, a.owners} {
		source, err := indexOf(all, x.Alias)
		if err != nil {
			return nil, o, err
		}
		index, err := choose(s, x.Alias, wanted[x.Alias], source)
		if err != nil {
			return nil, o, err
		}
		c := a.newCopier(x, source, fmt.Sprintf("%s-v%d", x.Alias, number))
		if c.lost, err = a.lost(ctx, source, r.AllowDataLoss); err != nil {
			return nil, o, err
		}
		if c.owners = x.Alias == a.owners.Alias; !c.owners {
			c.since = r.Since.UnixMicro()
		}
		copies, chosen = append(copies, c), append(chosen, index)
	}
	return copies, order{
		Indices: strings.Join(chosen, ","), RenamePattern: "(.+)-v[0-9]+", RenameReplacement: fmt.Sprintf("$1-v%d", number),
	}, nil
}

// ensured are all indices once each alias stands for one, as readers and writers make it, too. An index without
// an alias would get it back by the first of them, and its writes must not be lost.
func (a *Admin) ensured(ctx context.Context) (map[string][]string, error) {
	all, err := a.aliases(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range []opensearch.Index{a.items, a.owners} {
		if slices.Contains(slices.Concat(values(all)...), x.Alias) {
			continue
		}
		first := x.Alias + "-v1"
		if _, there := all[first]; !there {
			if err := a.create(ctx, first, x, 0); err != nil {
				return nil, err
			}
		}
		if err := a.put(ctx, "/"+first+"/_aliases/"+x.Alias, nil, nil); err != nil {
			return nil, err
		}
	}
	return a.aliases(ctx)
}

func values(all map[string][]string) [][]string {
	found := make([][]string, 0, len(all))
	for _, aliases := range all {
		found = append(found, aliases)
	}
	return found
}

// choose is which index of s to restore.
func choose(s snapshot, alias, wanted, present string) (string, error) {
	there := own(alias, s.Indices)
	switch {
	case wanted != "" && slices.Contains(there, wanted):
		return wanted, nil
	case wanted == "" && slices.Contains(there, present):
		return present, nil
	case wanted == "" && len(there) == 1:
		return there[0], nil
	}
	return "", fmt.Errorf("the snapshot %s has the indices [%s] of %s: say which one", s.Name, strings.Join(there, ", "), alias)
}
