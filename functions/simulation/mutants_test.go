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

var mutants = flag.Bool("mutants", false, "build the code without each of its protections, and see that a simulation fails")

// mutant is the code without one protection: old, which is there once in the file, becomes new.
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
		{"nothing of an older profile after its deletion", owner, "if o.Version < o.LastDeleted {", "if false {"},
		{"the first time of a deletion stays", owner, "received.Compare(o.DeletionReceived)", "o.DeletionReceived.Compare(received)"},
		{"compare-and-set", "adapters/memory/owners.go", "if !o.owner(before.ID).Equal(before) {", "if false {"},
		{"the check on reading one", catalog, "if owner.Hides(stored.Item) {", "if false {"},
		{"the check on reading many", catalog, "!owner.Hides(i)", "true"},
		{"its half of versions", owner, "return ownerVersion < o.LastDeleted && ", "return o.LastDeleted > 0 && "},
		{"its half of times", owner, "(o.Version < o.LastDeleted || o.deletedSince(createdAt))", "o.Version < o.LastDeleted"},
		{"its sparing of what was listed on old news", owner, "(o.Version < o.LastDeleted || o.deletedSince(createdAt))", "true"},
		{"a dead item under a repeated key", catalog, "case owner.Hides(current.Item):", "case false:"},
		{"the late acknowledgement", registry, "if err == nil && !graceOver {", "if false {"},
		{"no removal for a deletion before the last", registry, " || e.LatestDeletion() < owner.LastDeleted {", " {"},
		{"early sweeps spare what was listed later", registry, "(graceOver || owner.deletedSince(h.CreatedAt))", "true"},
		{"refresh before search", registry, "if err := r.holdings.Refresh(ctx); err != nil {", "if err := error(nil); err != nil {"},
		{"removal only of what has not changed", "adapters/memory/items.go", "case present.revision == h.Revision:", "case true:"},
		{"the write's requestId: a profile saved", "adapters/memory/users.go", `present != nil && p.RequestID != ""`, "false"},
		{"the write's requestId: a profile deleted", "adapters/memory/users.go", `t != nil && s.RequestID != ""`, "t != nil && false"},
		{"the write's requestId: an item created", "adapters/memory/items.go", `present.created && itm.RequestID != ""`, "false"},
		{"the deletion told again with what was made again", "domain/user/event.go", "e.LastDeleted = r.LastDeleted", ""},
	}
}

// TestMutants proves that TestSimulation has teeth.
func TestMutants(t *testing.T) {
	if !*mutants {
		t.Skip("needs a build for each: go test ./functions/simulation -run TestMutants -v -mutants")
	}
	for _, m := range allMutants() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			binary := m.build(t)
			out, err := exec.Command(binary, "-test.run=^TestSimulation$", "-schedules=100000").CombinedOutput()
			told := regexp.MustCompile(`after \d+ schedules, seed (\d+): .*`).FindSubmatch(out)
			if err == nil || told == nil {
				t.Fatalf("100000 schedules did not find out: %v\n%s", err, out)
			}
			t.Logf("found out %s", told[0])
			seed, err := strconv.ParseUint(string(told[1]), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			if err := play(t, seed, nil).violation; err != nil {
				t.Errorf("seed %d fails without the mutant, too: %v", seed, err)
			}
		})
	}
}

// build is the tests of this package over the mutant's code.
func (m mutant) build(t *testing.T) (binary string) {
	t.Helper()
	dir, path := t.TempDir(), filepath.Join(samtest.Root(t), m.file)
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), m.old); n != 1 {
		t.Fatalf("%s has %q %d times, want once", m.file, m.old, n)
	}
	changed, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
	replaced, err := json.Marshal(map[string]map[string]string{"Replace": {path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{changed: strings.Replace(string(source), m.old, m.new, 1), overlay: string(replaced)} {
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
