package indices

import (
	"context"
	"errors"
	"fmt"
)

// health is the health of one index. Its status does not show whether the index can be read: it is yellow from the start
// for a new index, and for one that is being restored.
type health struct {
	Initializing int `json:"initializing_shards"`
	Indices      map[string]struct {
		Shards map[string]struct {
			PrimaryActive bool `json:"primary_active"`
		}
	}
}

// readable reports whether all primary shards of the index are active.
func (h health) readable(name string) bool {
	for _, shard := range h.Indices[name].Shards {
		if !shard.PrimaryActive {
			return false
		}
	}
	return len(h.Indices[name].Shards) > 0
}

var errUnreadable = errors.New("a primary shard is not assigned; see GET /_cluster/allocation/explain")

// awaitReadable waits until an index can be read. It returns errUnreadable after idlePolls polls in which no shard of it
// was initializing.
func (a *Admin) awaitReadable(ctx context.Context, name string, idlePolls int) error {
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
		if idle == idlePolls {
			return fmt.Errorf("%s cannot be read: %w", name, errUnreadable)
		}
		if err := wait(ctx, poll); err != nil {
			return err
		}
	}
}

// checkSource reports whether a source is unreadable; an error unless its loss is accepted. A readable source is
// unblocked, since an interrupted run may have left it blocked.
func (a *Admin) checkSource(ctx context.Context, source string, acceptLoss bool) (unreadable bool, err error) {
	const idlePolls = 5 // a new index is readable by then
	err = a.awaitReadable(ctx, source, idlePolls)
	switch {
	case err == nil:
		return false, a.Unblock(ctx, source)
	case errors.Is(err, errUnreadable) && acceptLoss:
		a.Logf("%s cannot be read: all writes since the snapshot are lost", source)
		return true, nil
	case errors.Is(err, errUnreadable):
		err = fmt.Errorf("%w; all writes since the snapshot would be lost: wait until it can be read, or accept that with LOSE=true", err)
	}
	return false, err
}
