package indices

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// AutomatedRepository is the repository of the snapshots that Amazon takes of a domain that is encrypted at rest, each hour,
// for 14 days. It can be restored from, and not written to.
const AutomatedRepository = "cs-automated-enc"

// snapshot is one of a repository.
type snapshot struct {
	Name    string   `json:"snapshot"`
	State   string   `json:"state"`
	Indices []string `json:"indices"`
	Start   int64    `json:"start_time_in_millis"`

	repository string
}

func (s snapshot) started() time.Time { return time.UnixMilli(s.Start).UTC() }

// repositories are the names of all, in order.
func (a *Admin) repositories(ctx context.Context) ([]string, error) {
	var all map[string]any
	if err := a.read(ctx, "GET", "/_snapshot", nil, &all); err != nil {
		return nil, err
	}
	var found []string
	for name := range all {
		found = append(found, name)
	}
	slices.Sort(found)
	return found, nil
}

func (a *Admin) snapshots(ctx context.Context, repository, name string) ([]snapshot, error) {
	var answer struct{ Snapshots []snapshot }
	if err := a.read(ctx, "GET", "/_snapshot/"+repository+"/"+name, nil, &answer); err != nil {
		return nil, err
	}
	for i := range answer.Snapshots {
		answer.Snapshots[i].repository = repository
	}
	return answer.Snapshots, nil
}

// WriteSnapshots writes a table of all snapshots that have an index of this stack, the newest first.
func (a *Admin) WriteSnapshots(ctx context.Context, out io.Writer) error {
	repositories, err := a.repositories(ctx)
	if err != nil {
		return err
	}
	var all []snapshot
	for _, repository := range repositories {
		found, err := a.snapshots(ctx, repository, "_all")
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(a, b snapshot) int { return cmp.Compare(b.Start, a.Start) })
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "STARTED\tSTATE\tSNAPSHOT\tINDICES")
	for _, s := range all {
		if indices := append(own(a.items.Alias, s.Indices), own(a.owners.Alias, s.Indices)...); len(indices) > 0 {
			fmt.Fprintf(table, "%s\t%s\t%s/%s\t%s\n", s.started().Format(time.RFC3339), s.State, s.repository, s.Name, strings.Join(indices, " "))
		}
	}
	if !slices.ContainsFunc(repositories, func(r string) bool { return !strings.HasPrefix(r, "cs-") }) {
		fmt.Fprintln(table, "There is no repository of your own: those of Amazon go with the domain. register-snapshots adds one.")
	}
	return table.Flush()
}

// Names become parts of paths.
var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,99}$`)

func checkName(what, name string) error {
	if !namePattern.MatchString(name) {
		return fmt.Errorf("%s %q: want lower-case letters, digits, points, hyphens and underscores", what, name)
	}
	return nil
}

// RegisterRepository adds a repository in a bucket of S3, to which the domain has access by the role. Whoever calls needs the
// right to pass the role.
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-snapshots.html
func (a *Admin) RegisterRepository(ctx context.Context, repository, bucket, region, role string) error {
	if err := checkName("the repository", repository); err != nil {
		return err
	}
	if strings.HasPrefix(repository, "cs-") {
		return errors.New("repositories that begin with cs- are Amazon's own: choose another name")
	}
	settings := object{"bucket": bucket, "region": region, "role_arn": role, "server_side_encryption": true}
	return a.put(ctx, "/_snapshot/"+repository, object{"type": "s3", "settings": settings}, nil)
}

const poll = time.Second

// TakeSnapshot makes a snapshot of the indices in use in a repository of one's own, and waits for it.
func (a *Admin) TakeSnapshot(ctx context.Context, repository, name string) error {
	if err := errors.Join(checkName("the repository", repository), checkName("the snapshot", name)); err != nil {
		return err
	}
	all, err := a.aliases(ctx)
	if err != nil {
		return err
	}
	items, itemsErr := indexOf(all, a.items.Alias)
	owners, ownersErr := indexOf(all, a.owners.Alias)
	if err := errors.Join(itemsErr, ownersErr); err != nil {
		return err
	}
	body := object{"indices": items + "," + owners, "include_global_state": false}
	if err := a.put(ctx, "/_snapshot/"+repository+"/"+name, body, nil); err != nil {
		return err
	}
	for {
		found, err := a.snapshots(ctx, repository, name)
		if err != nil {
			return err
		}
		switch s := found[0]; s.State {
		case "SUCCESS":
			a.Logf("%s/%s has %s", repository, name, body["indices"])
			return nil
		case "IN_PROGRESS":
		default:
			return fmt.Errorf("the snapshot %s/%s is %s", repository, name, s.State)
		}
		if err := wait(ctx, poll); err != nil {
			return err
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
