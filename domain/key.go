package domain

import "strings"

// Key is a client's name for a request that creates a record, so that a retry creates no second one. Empty means none.
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
type Key string

// ErrKeyReused: an earlier, different request had the same Key.
var ErrKeyReused = &CodedError{Kind: ErrInvalid, Code: "idempotency_key_reused",
	Message: "This Idempotency-Key came with another request before."}

const maxKeyLength = 128 // characters

// ParseKey returns s as a Key, or a *ValidationError if it is blank or not 1 to 128 printable ASCII characters.
func ParseKey(s string) (Key, error) {
	unprintable := strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
	if strings.TrimSpace(s) == "" || len(s) > maxKeyLength || unprintable {
		var problems Problems
		problems.Add("idempotencyKey", CodeInvalid, "must be 1 to 128 printable characters of ASCII")
		return "", problems.Err()
	}
	return Key(s), nil
}
