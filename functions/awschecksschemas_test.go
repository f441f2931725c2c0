package functions_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestImmutableProperties compares the table of awschecksreplacement_test.go with the schemas of CloudFormation's types.
func TestImmutableProperties(t *testing.T) {
	t.Parallel()
	var kinds []string
	for kind := range immutable {
		if !strings.HasPrefix(kind, "AWS::Serverless::") {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	var replacing map[string][]string
	runPython(t, "immutable.py", nil, kinds, &replacing)
	for _, kind := range kinds {
		known, _ := immutableOf(kind)
		for _, property := range replacing[kind] {
			if _, ok := known[property]; !ok && !renamable[kind] {
				t.Errorf("%s of an %s replaces it, and the table does not have it: %v", property, kind, slices.Sorted(maps.Keys(known)))
			}
		}
	}
}
