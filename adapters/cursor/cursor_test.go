package cursor_test

import (
	"errors"
	"strings"
	"testing"

	"rental.example/adapters/cursor"
	"rental.example/domain"
)

type position struct {
	At int64  `json:"at"`
	ID string `json:"id"`
}

func TestCursor(t *testing.T) {
	t.Parallel()
	want := position{At: 1 << 62, ID: "ä"}
	text, err := cursor.Encode("query", want)
	if err != nil {
		t.Fatal(err)
	}
	var got position
	if err := cursor.Decode(text, "query", &got); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, bad := range map[string]string{"empty": "", "padding": text + "=", "garbage": "!", "cut": text[:len(text)-2], "longer": text + "AAAA",
		"bare JSON": "eyJ2IjoxfQ", "spaces": " " + text, "too long": strings.Repeat("A", 4096)} {
		if err := cursor.Decode(bad, "query", &got); !errors.Is(err, domain.ErrInvalidCursor) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := cursor.Decode(text, "other query", &got); !errors.Is(err, domain.ErrInvalidCursor) {
		t.Errorf("of another query: %v", err)
	}
	if err := cursor.Decode(text, "query", new(struct{ At int64 })); !errors.Is(err, domain.ErrInvalidCursor) {
		t.Errorf("of another position: %v", err)
	}
}
