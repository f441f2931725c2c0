// Package indices maintains the indices of a deployed stack while it serves requests: it copies them into new ones,
// restores them from snapshots, and switches their aliases. Its requests are among those that a domain of Amazon
// OpenSearch Service allows. A POST has no URL parameters, which the service ignores.
//
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-operations.html
package indices

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchitems"
)

// GracePeriod is how long writes are blocked before an alias is switched. It is longer than the timeout of any function
// that writes: a write that read a document before the block has ended by then. Otherwise it could find, in the new
// index, another revision of that document under the same sequence number.
const GracePeriod = 35 * time.Second

// Config configures an Admin.
type Config struct {
	Client      *opensearchitems.Client
	Logf        func(format string, args ...any) // logs a line of progress
	GracePeriod time.Duration                    // the constant, except in tests
	IsErased    func(id string) bool             // reports whether a user was erased; only RestoreItems needs it
}

// Admin maintains the indices of one client.
type Admin struct {
	Config
	items, owners opensearch.Index
}

// New returns an Admin.
func New(c Config) *Admin {
	items, owners := c.Client.Indices()
	return &Admin{Config: c, items: items, owners: owners}
}

type object = map[string]any

// aliases returns all indices of the domain with their aliases.
func (a *Admin) aliases(ctx context.Context) (map[string][]string, error) {
	var all map[string]struct{ Aliases map[string]any }
	if err := a.read(ctx, "GET", "/_alias", nil, &all); err != nil {
		return nil, err
	}
	aliases := make(map[string][]string, len(all))
	for name, index := range all {
		aliases[name] = slices.Sorted(maps.Keys(index.Aliases))
	}
	return aliases, nil
}

// version returns the number of an index of the alias: 2 for items-v2. items-v02 is no such index.
func version(alias, name string) (n int, ok bool) {
	digits, ok := strings.CutPrefix(name, alias+"-v")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n > 0 && strconv.Itoa(n) == digits
}

// versions returns the names that are indices of the alias, in order of their numbers.
func versions(alias string, names []string) []string {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { _, ok := version(alias, name); return !ok })
	slices.SortFunc(names, func(a, b string) int {
		x, _ := version(alias, a)
		y, _ := version(alias, b)
		return x - y
	})
	return names
}

// ownVersions returns the names that are indices of a's aliases: those of items, then those of owners.
func (a *Admin) ownVersions(names []string) []string {
	return append(versions(a.items.Alias, names), versions(a.owners.Alias, names)...)
}

// nextVersion returns a number that none of names has.
func (a *Admin) nextVersion(names []string) int {
	highest := 0
	for _, x := range []opensearch.Index{a.items, a.owners} {
		for _, name := range versions(x.Alias, names) {
			n, _ := version(x.Alias, name)
			highest = max(highest, n)
		}
	}
	return highest + 1
}

// indicesOf returns the indices that the alias points to.
func indicesOf(aliases map[string][]string, alias string) (names []string) {
	for name, of := range aliases {
		if slices.Contains(of, alias) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// indexOf returns the index that the alias points to. It fails unless there is exactly one.
func indexOf(aliases map[string][]string, alias string) (string, error) {
	names := indicesOf(aliases, alias)
	if len(names) != 1 {
		return "", fmt.Errorf("the alias %s points to %d indices (%s): want one", alias, len(names), strings.Join(names, ", "))
	}
	return names[0], nil
}

// ParseShards parses a number of primary shards, 1 to 99 in decimal digits without leading zeros. Empty text is 0, which
// means the number of the definition.
func ParseShards(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(n) != text || n < 1 || n > 99 {
		return 0, fmt.Errorf("shards %q: want a number from 1 to 99", text)
	}
	return n, nil
}

// create creates an index of x.
func (a *Admin) create(ctx context.Context, name string, x opensearch.Index) error {
	body, err := x.Body()
	if err != nil {
		return err
	}
	return a.put(ctx, "/"+name, body, nil)
}

// block returns once no write of the index is in flight and none can begin.
// https://docs.opensearch.org/latest/api-reference/index-apis/blocks/
func (a *Admin) block(ctx context.Context, name string) error {
	var out struct {
		Acknowledged       bool
		ShardsAcknowledged bool `json:"shards_acknowledged"`
	}
	if err := a.put(ctx, "/"+name+"/_block/write", nil, &out); err != nil {
		return err
	}
	if !out.Acknowledged || !out.ShardsAcknowledged {
		return fmt.Errorf("not all shards of %s acknowledged the write block", name)
	}
	return nil
}

// Unblock removes the write block of an index, which an interrupted run may have left.
func (a *Admin) Unblock(ctx context.Context, name string) error {
	return a.put(ctx, "/"+name+"/_settings", object{"index.blocks.write": nil}, nil)
}

// Drop deletes an index that no alias points to.
func (a *Admin) Drop(ctx context.Context, name string) error {
	all, err := a.aliases(ctx)
	if err != nil {
		return err
	}
	aliases, ok := all[name]
	switch {
	case !ok:
		own := a.ownVersions(slices.Collect(maps.Keys(all)))
		return fmt.Errorf("there is no index %s; there are %s", name, strings.Join(own, ", "))
	case len(a.ownVersions([]string{name})) == 0:
		return fmt.Errorf("%s is not an index of %s or %s", name, a.items.Alias, a.owners.Alias)
	case len(aliases) > 0:
		return fmt.Errorf("%s is in use: the alias %s points to it", name, strings.Join(aliases, ", "))
	}
	return a.call(ctx, "DELETE", "/"+name, nil)
}

// read sends a request that changes nothing.
func (a *Admin) read(ctx context.Context, method, path string, body, out any) error {
	return a.send(ctx, opensearch.RetryRead, method, path, body, out)
}

// put sends a PUT, which takes effect at most once.
func (a *Admin) put(ctx context.Context, path string, body, out any) error {
	return a.send(ctx, opensearch.RetryWrite, "PUT", path, body, out)
}

// call sends a request that is not retried.
func (a *Admin) call(ctx context.Context, method, path string, body any) error {
	return a.send(ctx, opensearch.NoRetry, method, path, body, nil)
}

// send encodes body as JSON, unless it is nil.
func (a *Admin) send(ctx context.Context, retry opensearch.Retry, method, path string, body, out any) error {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return err
		}
	}
	return a.Client.Call(ctx, retry, method, path, data, out)
}
