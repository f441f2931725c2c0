// Package indices looks after the indices of a deployed stack while it serves: copies them into new ones, restores
// them from snapshots, and switches their aliases. It sends only requests that a domain of Amazon OpenSearch Service
// allows, with nothing in the URL of a POST, whose parameters the service ignores.
//
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-operations.html
package indices

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"rental.example/adapters/opensearch"
)

// GracePeriod is how long writes are blocked before an alias is switched: longer than any function that writes may run. A
// write that read a document before the block has failed or ended by then. Otherwise it could meet, in the new index,
// another state of that document under the same sequence number.
const GracePeriod = 35 * time.Second

// Config is what an Admin needs.
type Config struct {
	Client      *opensearch.Client
	Logf        func(format string, args ...any) // progress, a line each
	GracePeriod time.Duration                    // the package's GracePeriod but in tests
	IsErased    func(id string) bool             // whether a user of this id was erased; used by RestoreItems alone
}

// Admin looks after the indices of one client.
type Admin struct {
	Config
	items, owners opensearch.Index
}

// New makes an Admin.
func New(c Config) *Admin {
	items, owners := c.Client.Indices()
	return &Admin{Config: c, items: items, owners: owners}
}

// aliases are all indices of the domain with their aliases.
func (a *Admin) aliases(ctx context.Context) (map[string][]string, error) {
	var all map[string]struct{ Aliases map[string]any }
	if err := a.read(ctx, "GET", "/_alias", nil, &all); err != nil {
		return nil, err
	}
	found := make(map[string][]string, len(all))
	for name, index := range all {
		found[name] = []string{}
		for alias := range index.Aliases {
			found[name] = append(found[name], alias)
		}
	}
	return found, nil
}

// version is the number of an index of the alias: 2 of items-v2.
func version(alias, name string) (n int, ok bool) {
	digits, ok := strings.CutPrefix(name, alias+"-v")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n > 0
}

// own are the names that belong to the alias, in order of their numbers.
func own(alias string, names []string) []string {
	var found []string
	for _, name := range names {
		if _, ok := version(alias, name); ok {
			found = append(found, name)
		}
	}
	slices.SortFunc(found, func(a, b string) int {
		x, _ := version(alias, a)
		y, _ := version(alias, b)
		return x - y
	})
	return found
}

func names(all map[string][]string) []string {
	found := make([]string, 0, len(all))
	for name := range all {
		found = append(found, name)
	}
	return found
}

// indexOf is the index that the alias stands for.
func indexOf(all map[string][]string, alias string) (string, error) {
	var found []string
	for name, aliases := range all {
		if slices.Contains(aliases, alias) {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		slices.Sort(found)
		return "", fmt.Errorf("the alias %s stands for %d indices (%s), not for one", alias, len(found), strings.Join(found, ", "))
	}
	return found[0], nil
}

// next is a number that no index of the aliases has, in all or in other.
func (a *Admin) next(all map[string][]string, other []string) int {
	highest := 0
	for _, name := range append(names(all), other...) {
		for _, x := range []opensearch.Index{a.items, a.owners} {
			if n, ok := version(x.Alias, name); ok {
				highest = max(highest, n)
			}
		}
	}
	return highest + 1
}

var shardsPattern = regexp.MustCompile(`^[1-9][0-9]?$`)

// ParseShards is a number of primary shards, 1 to 99; empty is zero, which leaves that of the definition.
func ParseShards(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	if !shardsPattern.MatchString(text) {
		return 0, fmt.Errorf("shards %q: want a number from 1 to 99", text)
	}
	return strconv.Atoi(text)
}

// create makes an index of the definition, with as many primary shards, unless that is zero.
func (a *Admin) create(ctx context.Context, name string, x opensearch.Index, shards int) error {
	var definition map[string]any
	if err := json.Unmarshal(x.Definition, &definition); err != nil {
		return err
	}
	if shards > 0 {
		settings, _ := definition["settings"].(map[string]any)
		index, ok := settings["index"].(map[string]any)
		if !ok {
			return fmt.Errorf("the definition of %s has no settings.index", x.Alias)
		}
		index["number_of_shards"] = shards
	}
	return a.put(ctx, "/"+name, definition, nil)
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

type object = map[string]any

// block returns once no write of the index is in flight, and none can begin.
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
		return fmt.Errorf("not all shards of %s acknowledge that writes are blocked", name)
	}
	return nil
}

// Unblock lets an index be written again, which a run that was killed has left blocked.
func (a *Admin) Unblock(ctx context.Context, name string) error {
	return a.put(ctx, "/"+name+"/_settings", object{"index.blocks.write": nil}, nil)
}

// Drop deletes an index that no alias stands for.
func (a *Admin) Drop(ctx context.Context, name string) error {
	all, err := a.aliases(ctx)
	if err != nil {
		return err
	}
	aliases, ok := all[name]
	_, isItems := version(a.items.Alias, name)
	_, isOwners := version(a.owners.Alias, name)
	switch {
	case !ok:
		return fmt.Errorf("there is no index %s; there are %s", name, strings.Join(a.ownNames(all), ", "))
	case !isItems && !isOwners:
		return fmt.Errorf("%s is no index of %s or %s", name, a.items.Alias, a.owners.Alias)
	case len(aliases) > 0:
		return fmt.Errorf("%s is in use: the alias %s stands for it", name, strings.Join(aliases, ", "))
	}
	return a.call(ctx, "DELETE", "/"+name, nil)
}

func (a *Admin) ownNames(all map[string][]string) []string {
	return append(own(a.items.Alias, names(all)), own(a.owners.Alias, names(all))...)
}
