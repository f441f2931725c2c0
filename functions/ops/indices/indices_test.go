package indices_test

import (
	"strings"
	"testing"
	"time"

	"rental.example/adapters/samtest"
	"rental.example/functions/ops/indices"
)

// TestGracePeriod checks that writes are blocked for longer than the timeout of any function that writes.
func TestGracePeriod(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	defaultTimeout, _ := samtest.Lookup(template.Globals, "Function", "Timeout").(int)
	checked := 0
	for name, r := range template.Resources {
		if r.Type != "AWS::Serverless::Function" || samtest.Lookup(r.Properties, "Environment", "Variables", "OPEN_SEARCH_INDEX") == nil {
			continue
		}
		timeout := defaultTimeout
		if own, ok := r.Properties["Timeout"].(int); ok {
			timeout = own
		}
		if checked++; indices.GracePeriod <= time.Duration(timeout)*time.Second {
			t.Errorf("GracePeriod is %v, and %s may run for %d s", indices.GracePeriod, name, timeout)
		}
	}
	if checked != 2 {
		t.Errorf("%d functions have the variable OPEN_SEARCH_INDEX, want 2", checked)
	}
}

func TestParseShards(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "1": 1, "99": 99} {
		if got, err := indices.ParseShards(text); got != want || err != nil {
			t.Errorf("ParseShards(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"0", "100", "-1", "3.5", "x", " 1", "+5", "05", "007"} {
		if got, err := indices.ParseShards(text); err == nil || !strings.Contains(err.Error(), "want a number from 1 to 99") {
			t.Errorf("ParseShards(%q) = %d, %v; want an error", text, got, err)
		}
	}
}

// TestVersion checks that no other name than the index's own has its number.
func TestVersion(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"items-v1": 1, "items-v12": 12, "items": 0, "items-v": 0, "items-v0": 0, "items-v-1": 0,
		"items-v+2": 0, "items-v02": 0, "items-v2x": 0, "items-owners-v2": 0} {
		if n, ok := indices.Version("items", name); ok != (want > 0) || ok && n != want {
			t.Errorf("%s: %d, %t; want %d", name, n, ok, want)
		}
	}
}
