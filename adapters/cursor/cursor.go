// Package cursor encodes positions in lists for clients, whatever the transport. A cursor is opaque base64url; it has a
// format version, a hash of its query, and the position.
package cursor

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"

	"rental.example/domain"
)

// cursor is a position in a list, opaque to clients. It grants no access, so it is not signed.
type cursor struct {
	Format   int             `json:"v"`
	Query    []byte          `json:"q"`
	Position json.RawMessage `json:"p"`
}

const (
	format  = 1
	maxSize = 1024 // bytes
)

// Encode returns the cursor of a position in the list that query describes, in base64url.
func Encode(query string, position any) (string, error) {
	p, err := json.Marshal(position)
	if err != nil {
		return "", err
	}
	c, err := json.Marshal(cursor{Format: format, Query: queryHash(query), Position: p})
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(c), nil
}

// Decode decodes a cursor into position. A cursor of another query or format, or that Encode did not return,
// is domain.ErrInvalidCursor.
func Decode(text, query string, position any) error {
	if len(text) > maxSize {
		return domain.ErrInvalidCursor
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return domain.ErrInvalidCursor
	}
	var c cursor
	if !decodeStrictly(data, &c) || !decodeStrictly(c.Position, position) {
		return domain.ErrInvalidCursor
	}
	// Encoding the position again compares format and query, and rejects other encodings of the same position.
	if encoded, err := Encode(query, position); err != nil || encoded != text {
		return domain.ErrInvalidCursor
	}
	return nil
}

func decodeStrictly(data []byte, target any) bool {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(target) != nil {
		return false
	}
	_, err := d.Token()
	return err == io.EOF
}

func queryHash(query string) []byte {
	sum := sha256.Sum256([]byte(query))
	return sum[:8]
}
