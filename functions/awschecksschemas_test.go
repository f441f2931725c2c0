package functions_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestImmutableProperties holds the table of awschecksreplacement_test.go against the schemas of CloudFormation's types.
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

// TestOverridesAsSAM: what splitOverrides finds in a list is what the SAM CLI finds.
func TestOverridesAsSAM(t *testing.T) {
	t.Parallel()
	lists := [][]string{
		{"Stage=prod", "Architecture=arm64"},
		{"Stage=prod Architecture=arm64"},
		{"RepublishSchedule=cron(15 3 * * ? *)", "Stage=prod"},
		{`RepublishSchedule="cron(15 3 * * ? *)"`, "Stage=prod"},
		{`Stage=prod RepublishSchedule="cron(15 3 * * ? *)" Gradual=true`},
		{"RepublishSchedule='rate(1 day)'"},
		{"AllowedOrigin=https://app.example.com:8443", "AlarmEmail=ops+1@example.com"},
	}
	var want []map[string]string
	runPython(t, "overrides.py", nil, lists, &want)
	for i, list := range lists {
		got, _ := splitOverrides(list)
		if diff := cmp.Diff(want[i], got); diff != "" {
			t.Errorf("%q (-SAM +splitOverrides):\n%s", list, diff)
		}
	}
}
