package apigateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
)

// cursor is a position in a list, opaque to clients. It grants no access, so it is not signed.
type cursor struct {
	Format   int             `json:"v"`
	Query    []byte          `json:"q"`
	Position json.RawMessage `json:"p"`
}

// ErrInvalidCursor is 400 invalid_cursor. Handlers return it, too, for positions that their list never returns.
var ErrInvalidCursor = newRequestError(invalidCursor, "The cursor is not one that this listing gave out.")

const (
	cursorFormat  = 1
	maxCursorSize = 1024 // bytes
)

// EncodeCursor returns the cursor of a position in the list that query describes, in base64url.
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

// DecodeCursor decodes a cursor into position. A cursor of another query or format, or that EncodeCursor did not return,
// is ErrInvalidCursor.
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
	// Encoding the position again compares format and query, and rejects other encodings of the same position.
	if encoded, err := EncodeCursor(query, position); err != nil || encoded != text {
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
