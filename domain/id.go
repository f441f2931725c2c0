package domain

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// alphabet is Crockford's base 32. The ids of records are 128 bits in it, in the form of a ULID; each context has a type of
// string for its own.
// https://github.com/ulid/spec
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// idLength is the length of 128 bits in characters of 5 bits.
const idLength = 26

// NewID returns the id of a record created at t: the milliseconds since 1970, then random bits. Such ids sort by age.
func NewID[ID ~string](t time.Time, random [10]byte) ID {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], uint64(t.UnixMilli())<<16)
	copy(b[6:], random[:])
	return encodeID[ID](b)
}

// RandomBits returns random bits for NewID, from crypto/rand.
func RandomBits() (b [10]byte) {
	_, _ = rand.Read(b[:]) // never fails
	return b
}

// KeyedID returns the id of the record that the caller creates under an Idempotency-Key. A retry computes the same id, so no
// table of keys is needed.
func KeyedID[ID ~string](caller UserID, key Key) ID {
	h := sha256.New()
	for _, part := range []string{string(caller), string(key)} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part)))) // never fails
		h.Write([]byte(part))
	}
	return encodeID[ID]([16]byte(h.Sum(nil)[:16]))
}

func encodeID[ID ~string](b [16]byte) ID {
	var text [idLength]byte
	high, low := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	for i := idLength - 1; i >= 0; i-- {
		text[i] = alphabet[low&31]
		low = low>>5 | high<<59
		high >>= 5
	}
	return ID(text[:])
}

// ParseID returns s as an ID, or ErrNotFound if it is not in the form of one. So no other text reaches a store or a
// URL.
func ParseID[ID ~string](s string) (ID, error) {
	if len(s) != idLength || s[0] > '7' {
		return "", ErrNotFound
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
		case c >= 'A' && c <= 'Z' && c != 'I' && c != 'L' && c != 'O' && c != 'U':
		default:
			return "", ErrNotFound
		}
	}
	return ID(s), nil
}
