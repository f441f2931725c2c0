package indices

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// AutomatedRepository is the repository of Amazon's snapshots of a domain that is encrypted at rest, one an hour, kept for
// 14 days. It is read-only.
const AutomatedRepository = "cs-automated-enc"

type snapshot struct {
	Name    string   `json:"snapshot"`
	State   string   `json:"state"`
	Indices []string `json:"indices"`
	Start   int64    `json:"start_time_in_millis"`

	repository string
}

func (s snapshot) started() time.Time { return time.UnixMilli(s.Start).UTC() }

// snapshots returns the snapshots of a repository with a name; _all means all.
func (a *Admin) snapshots(ctx context.Context, repository, name string) ([]snapshot, error) {
	var response struct{ Snapshots []snapshot }
	if err := a.read(ctx, "GET", "/_snapshot/"+repository+"/"+name, nil, &response); err != nil {
		return nil, err
	}
	for i := range response.Snapshots {
		response.Snapshots[i].repository = repository
	}
	return response.Snapshots, nil
}

// snapshot returns the successful snapshot of REPOSITORY/NAME, or of NAME in AutomatedRepository.
func (a *Admin) snapshot(ctx context.Context, path string) (snapshot, error) {
	repository, name, ok := strings.Cut(path, "/")
	if !ok {
		repository, name = AutomatedRepository, path
	}
	if err := checkNames(repository, name); err != nil {
		return snapshot{}, err
	}
	found, err := a.snapshots(ctx, repository, name)
	if err != nil {
		return snapshot{}, err
	}
	if len(found) != 1 || found[0].State != "SUCCESS" {
		return snapshot{}, fmt.Errorf("the snapshot %s/%s is incomplete: choose one that is listed as SUCCESS", repository, name)
	}
	return found[0], nil
}

// WriteSnapshots writes a table of all snapshots with an index of this stack, the newest first.
func (a *Admin) WriteSnapshots(ctx context.Context, out io.Writer) error {
	var repositories map[string]any
	if err := a.read(ctx, "GET", "/_snapshot", nil, &repositories); err != nil {
		return err
	}
	var all []snapshot
	custom := false
	for _, repository := range slices.Sorted(maps.Keys(repositories)) {
		found, err := a.snapshots(ctx, repository, "_all")
		if err != nil {
			return err
		}
		all = append(all, found...)
		custom = custom || !strings.HasPrefix(repository, "cs-")
	}
	slices.SortStableFunc(all, func(a, b snapshot) int { return cmp.Compare(b.Start, a.Start) })
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "STARTED\tSTATE\tSNAPSHOT\tINDICES")
	for _, s := range all {
		if indices := a.ownVersions(s.Indices); len(indices) > 0 {
			fmt.Fprintf(table, "%s\t%s\t%s/%s\t%s\n", s.started().Format(time.RFC3339), s.State, s.repository, s.Name, strings.Join(indices, " "))
		}
	}
	if !custom {
		fmt.Fprintln(table, "There is no repository of your own: Amazon's are deleted with the domain. register-snapshots adds one.")
	}
	return table.Flush()
}

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,99}$`)

// checkNames checks the names of a repository and a snapshot, which become parts of paths.
func checkNames(repository, snapshot string) error {
	return errors.Join(checkName("repository", repository), checkName("snapshot", snapshot))
}

func checkName(what, name string) error {
	if !namePattern.MatchString(name) {
		return fmt.Errorf("the %s %q: want lower-case letters, digits, points, hyphens and underscores", what, name)
	}
	return nil
}

// RegisterRepository adds a repository in a bucket of S3. The domain has access to it by the role, which the caller needs
// the right to pass.
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-snapshots.html
func (a *Admin) RegisterRepository(ctx context.Context, repository, bucket, region, role string) error {
	if err := checkName("repository", repository); err != nil {
		return err
	}
	if strings.HasPrefix(repository, "cs-") {
		return errors.New("repositories that begin with cs- are Amazon's own: choose another name")
	}
	settings := object{"bucket": bucket, "region": region, "role_arn": role, "server_side_encryption": true}
	return a.put(ctx, "/_snapshot/"+repository, object{"type": "s3", "settings": settings}, nil)
}

const poll = time.Second

// TakeSnapshot takes a snapshot of the indices in use into a registered repository, and waits until it is complete.
func (a *Admin) TakeSnapshot(ctx context.Context, repository, name string) error {
	if err := checkNames(repository, name); err != nil {
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
