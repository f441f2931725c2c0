package functions_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"rental.example/functions/local/localtest"
)

// TestShellBlocks runs the documented commands against the local runner in memory, each page against a runner of its
// own: every block ends well, every response is 2xx or 3xx, and what is shown comes out.
func TestShellBlocks(t *testing.T) {
	t.Parallel()
	newBash(t, "") // or skip before building
	d, binary := loadDocuments(t), localtest.Build(t)
	if blocks, _ := d.pages["README.md"].executed(); len(blocks) == 0 {
		t.Error("README.md has no block of ```sh that calls the local runner at " + documentedAddress)
	}
	for _, name := range slices.Sorted(maps.Keys(d.pages)) {
		p := d.pages[name]
		if blocks, _ := p.executed(); len(blocks) > 0 {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				for _, problem := range newBash(t, localtest.Start(t, binary, new(bytes.Buffer), nil)).page(t, p) {
					t.Error(problem)
				}
			})
		}
	}
}
