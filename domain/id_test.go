package domain_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"rental.example/domain"
)

type id string

func TestIDs(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	young := domain.NewID[id](noon.Add(1e6), [10]byte{})
	old := domain.NewID[id](noon, [10]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 255})
	if !(old < young) {
		t.Errorf("ids do not sort by age: %s, %s", old, young)
	}
	keyed := map[id]bool{}
	for _, k := range [][2]string{{"a", "bc"}, {"ab", "c"}, {"a", "b"}, {"", "abc"}} {
		keyed[domain.KeyedID[id](domain.UserID(k[0]), domain.Key(k[1]))] = true
	}
	if len(keyed) != 4 || !keyed[domain.KeyedID[id]("a", "b")] {
		t.Errorf("keyed ids: %v", keyed)
	}
	for key := range keyed {
		if got, err := domain.ParseID[id](string(key)); err != nil || got != key {
			t.Errorf("%s: %v", key, err)
		}
	}
	for _, s := range []string{"", "../_all", "a?op_type=index", "%2e%2e", "81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAI",
		"01arz3ndektsv4rrffq69g5fav", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVV"} {
		if got, err := domain.ParseID[id](s); !errors.Is(err, domain.ErrNotFound) || got != "" {
			t.Errorf("ParseID(%q) = %q, %v", s, got, err)
		}
	}
}

// TestKeyedIDStays has the id of a key as clients have stored it: it must never change.
func TestKeyedIDStays(t *testing.T) {
	t.Parallel()
	if got, want := domain.KeyedID[id]("0123abcd-4567-89ef-0000-00000000cafe", "key-1"), id("5Y0GW6EGX3HE7ZD37X3AAAJ0G2"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRandomBits(t *testing.T) {
	t.Parallel()
	if a, b := domain.RandomBits(), domain.RandomBits(); a == b {
		t.Errorf("%x twice", a)
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"a": true, "a b~!": true, " a ": true, strings.Repeat("k", 128): true,
		"": false, "  ": false, "é": false, "a\tb": false, "a\x7f": false, "a\x00": false, "\xff": false, strings.Repeat("k", 129): false,
	} {
		got, err := domain.ParseKey(text)
		var invalid *domain.ValidationError
		if errors.As(err, &invalid) == want || (got == domain.Key(text) && text != "") != want {
			t.Errorf("ParseKey(%q) = %q, %v; valid %t", text, got, err, want)
		}
	}
}

// FuzzParseKey checks that a Key is the text itself, in printable ASCII, and makes a valid id.
func FuzzParseKey(f *testing.F) {
	for _, text := range []string{"a", " ", "é", strings.Repeat("k", 129)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := domain.ParseKey(text)
		valid := len(text) <= 128
		blank := true
		for _, b := range []byte(text) {
			valid = valid && b >= 0x20 && b < 0x7f
			blank = blank && b == ' '
		}
		if valid = valid && !blank; (err == nil) != valid || valid && string(key) != text || !valid && key != "" {
			t.Fatalf("ParseKey(%q) = %q, %v", text, key, err)
		}
		if keyed := domain.KeyedID[id]("jane", key); err == nil {
			if got, err := domain.ParseID[id](string(keyed)); err != nil || got != keyed {
				t.Errorf("id of %q: %q, %v", key, got, err)
			}
		}
	})
}
