package simulation_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

var mutants = flag.Bool("mutants", false, "build the code without each of its protections, and check that the simulation fails")

// mutant removes one protection: it replaces old, which occurs once in the file, with new.
type mutant struct{ name, file, old, new string }

func allMutants() []mutant {
	const (
		owner    = "domain/item/owner.go"
		registry = "domain/item/registry.go"
		catalog  = "domain/item/catalog.go"
	)
	return []mutant{
		{"merge by version", owner, "o.compareProfile(newer) < 0", "true"},
		{"deletion version kept apart", owner, "o.Version, o.Name, o.Ratings = newer.Version, newer.Name, newer.Ratings",
			"o.Version, o.Name, o.Ratings, o.LastDeleted = newer.Version, newer.Name, newer.Ratings, 0"},
		{"older profile dropped after a deletion", owner, "if o.Version < o.LastDeleted {", "if false {"},
		{"first receipt of a deletion kept", owner, "received.Before(o.DeletionReceived)", "received.After(o.DeletionReceived)"},
		{"compare-and-set", "adapters/memory/memoryitems/owners.go", "if !valueOf(current, before.ID).Equal(before) {", "if false {"},
		{"get hides items of deleted owners", catalog, "if owner.Hides(stored.Item) {", "if false {"},
		{"search hides items of deleted owners", catalog, "!owner.Hides(i)", "true"},
		{"hides by version", owner, "return ownerVersion < o.LastDeleted && ", "return o.LastDeleted > 0 && "},
		{"hides by time", owner, "(o.IsDeleted() || o.deletedSince(createdAt))", "o.IsDeleted()"},
		{"item created under an old owner version", owner, "(o.IsDeleted() || o.deletedSince(createdAt))", "true"},
		{"hidden item with a reused key", catalog, "case owner.Hides(current.Item):", "case false:"},
		{"redelivery within the grace period", registry, "if err == nil && !gracePeriodOver {", "if false {"},
		{"no removal for a deletion before the last", registry, " || e.ReportedDeletion() < owner.LastDeleted {", " {"},
		{"removal within the grace period skips newer items", registry, "(gracePeriodOver || owner.deletedSince(h.CreatedAt))", "true"},
		{"refresh before search", registry, "if err := r.holdings.Refresh(ctx); err != nil {", "if err := error(nil); err != nil {"},
		{"removal only of unchanged items", "adapters/memory/memoryitems/items.go", "current == nil || current.revision == h.Revision", "true"},
		{"request ID of a saved profile", "adapters/memory/memoryusers/store.go", `current != nil && p.RequestID != ""`, "false"},
		{"request ID of a deleted profile", "adapters/memory/memoryusers/store.go", `t != nil && stamp.RequestID != ""`, "t != nil && false"},
		{"request ID of a created item", "adapters/memory/memoryitems/items.go", `current.created && itm.RequestID != ""`, "false"},
		{"last deletion in the event of a recreated profile", "domain/user/event.go", "e.LastDeleted = r.LastDeleted", ""},
	}
}

// TestMutants checks that every mutant still applies to the source and, with -mutants, that TestSimulation finds it.
func TestMutants(t *testing.T) {
	for _, m := range allMutants() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			path, source := m.source(t)
			if !*mutants {
				t.Skip("source found; needs a build: go test ./functions/simulation -run TestMutants -v -mutants")
			}
			binary := build(t, path, source)
			out, err := exec.Command(binary, "-test.run=^TestSimulation$", "-schedules=100000").CombinedOutput()
			failure := regexp.MustCompile(`after \d+ schedules, seed (\d+): .*`).FindSubmatch(out)
			if err == nil || failure == nil {
				t.Fatalf("100000 schedules without a failure: %v\n%s", err, out)
			}
			t.Logf("found %s", failure[0])
			seed, err := strconv.ParseUint(string(failure[1]), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			if err := runSchedule(t, seed, nil).violation; err != nil {
				t.Errorf("seed %d also fails without the mutant: %v", seed, err)
			}
		})
	}
}

// source returns the path of the file and its content with the mutant. It fails if a change to the file broke the mutant.
func (m mutant) source(t *testing.T) (path, source string) {
	t.Helper()
	path = filepath.Join(samtest.Root(t), m.file)
	original, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(original), m.old); n != 1 {
		t.Fatalf("%s contains %q %d times, want once", m.file, m.old, n)
	}
	return path, strings.Replace(string(original), m.old, m.new, 1)
}

// build builds the tests of this package with another source of a file.
func build(t *testing.T, path, source string) (binary string) {
	t.Helper()
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
	replaced, err := json.Marshal(map[string]map[string]string{"Replace": {path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{changed: source, overlay: string(replaced)} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	binary = filepath.Join(dir, "simulation.test")
	if out, err := exec.Command("go", "test", "-c", "-overlay="+overlay, "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}
