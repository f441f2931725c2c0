package apigateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
)

// cursor is a place in a listing as the client carries it, in base64url and opaque by contract. It only
// says where to go on, never what may be read, so it needs no signature.
type cursor struct {
	Format   int             `json:"v"`
	Query    []byte          `json:"q"`
	Position json.RawMessage `json:"p"`
}

// ErrInvalidCursor is the refusal of a cursor: 400 invalid_cursor. Handlers return it for a position that
// no listing of theirs gives out.
var ErrInvalidCursor = refuse(invalidCursor, "The cursor is not one that this listing gave out.")

const (
	cursorFormat  = 1
	maxCursorSize = 1024 // bytes
)

// EncodeCursor makes the cursor of a position in the listing that query describes.
func EncodeCursor(query string, position any) (string, error) {
	p, err := json.Marshal(position)
	if err != nil {
		return "", err
	}
	c, err := json.Marshal(cursor{Format: cursorFormat, Query: queryHash(query), Position: p})
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(c), nil
}

// DecodeCursor reads a cursor into position. One of another query or format, or not made by EncodeCursor
// from such a position, is 400 invalid_cursor.
func DecodeCursor(text, query string, position any) error {
	if len(text) > maxCursorSize {
		return ErrInvalidCursor
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return ErrInvalidCursor
	}
	var c cursor
	if !decodeStrictly(data, &c) || !decodeStrictly(c.Position, position) {
		return ErrInvalidCursor
	}
	// Only the very text that EncodeCursor makes counts: so format and query are compared, too.
	if made, err := EncodeCursor(query, position); err != nil || made != text {
		return ErrInvalidCursor
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
