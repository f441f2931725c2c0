package dynamotest

import (
	"slices"
	"strings"
	"testing"
)

func TestReservedNames(t *testing.T) {
	t.Parallel()
	if n := len(strings.Fields(reservedWords)); n != 573 {
		t.Errorf("%d reserved words, want 573", n)
	}
	got := reservedNames("SET #name = :name, status = :status, Url = if_not_exists(Url, :a) AND NOT (version = :b OR location <> :c)")
	if want := []string{"status", "Url", "Url", "location"}; !slices.Equal(got, want) {
		t.Errorf("reserved names %q, want %q", got, want)
	}
}
