package rawjson

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// plainPrefix returns how many bytes at the start of b are ASCII characters that stand for themselves in a string.
func plainPrefix(b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		if mask := nonPlainMask(b[n:]); mask != 0 {
			return n + bits.TrailingZeros64(mask)/8
		}
	}
	for n < len(b) && b[n] >= ' ' && b[n] < utf8.RuneSelf && b[n] != '"' && b[n] != '\\' {
		n++
	}
	return n
}

// nonPlainMask sets the highest bit of each of the first eight bytes of b that is a control character, a quote, a
// backslash or not ASCII. Bits above the lowest one may be wrong.
// https://lemire.me/blog/2025/04/13/detect-control-characters-quotes-and-backslashes-efficiently-using-swar/
func nonPlainMask(b []byte) uint64 {
	const ones = 0x0101010101010101
	w := binary.LittleEndian.Uint64(b)
	controlOrQuote := (w ^ ones*0x02) - ones*0x21 // ^0x02 maps the quote, too, below 0x21
	backslash := (w ^ ones*'\\') - ones
	return (controlOrQuote | backslash | w) & (ones * 0x80)
}

// escapeLen returns the length of the escape at the start of b, or 0 if it is invalid.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if b[1] != 'u' {
		if strings.IndexByte(`"\/bfnrt`, b[1]) < 0 {
			return 0
		}
		return 2
	}
	if len(b) < 6 {
		return 0
	}
	for _, c := range b[2:6] {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return 0
		}
	}
	return 6
}

// Unquote returns the text of a string; ok is false for any other value. It copies only strings with escapes.
func Unquote(value string) (text string, ok bool) {
	if Kind(value) != '"' {
		return "", false
	}
	return unquote(value[1 : len(value)-1]), true
}

// unquote returns the text of a string without its quotes.
func unquote(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw
	}
	var text strings.Builder
	text.Grow(len(raw)) // no escape is shorter than its character
	AppendUnquoted(&text, []byte(raw))
	return text.String()
}

// AppendUnquoted appends the text of a raw string, as Reader.RawString returns it. An unpaired surrogate becomes
// U+FFFD, as in encoding/json.
func AppendUnquoted(to *strings.Builder, raw []byte) {
	for len(raw) > 0 {
		n := plainPrefix(raw)
		to.Write(raw[:n])
		if raw = raw[n:]; len(raw) == 0 {
			return
		}
		switch {
		case raw[0] != '\\':
			to.WriteByte(raw[0]) // part of a longer character
			raw = raw[1:]
		case raw[1] != 'u':
			to.WriteByte(escapes[raw[1]])
			raw = raw[2:]
		default:
			c := hex4(raw[2:])
			raw = raw[6:]
			if utf16.IsSurrogate(c) {
				low := utf8.RuneError
				if len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
					low = utf16.DecodeRune(c, hex4(raw[2:]))
				}
				if c = low; c != utf8.RuneError {
					raw = raw[6:]
				}
			}
			to.WriteRune(c)
		}
	}
}

// escapes maps the character after a backslash to the one that both stand for.
var escapes = [...]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// HasLoneSurrogate reports whether a string in a valid value has an unpaired surrogate (RFC 8259, section 8.2), which is
// no character.
func HasLoneSurrogate(value string) bool {
	for i := strings.IndexByte(value, '\\'); i >= 0 && i < len(value); i++ { // backslashes occur in strings only
		if value[i] != '\\' {
			continue
		}
		i++
		if value[i] != 'u' {
			continue
		}
		c := hex4(value[i+1:])
		i += 4
		if !utf16.IsSurrogate(c) {
			continue
		}
		if low := value[i+1:]; low[0] != '\\' || low[1] != 'u' || utf16.DecodeRune(c, hex4(low[2:])) == utf8.RuneError {
			return true
		}
		i += 6
	}
	return false
}

func hex4[T string | []byte](digits T) (r rune) {
	for i := range 4 {
		c := digits[i]
		switch {
		case c <= '9':
			c -= '0'
		default:
			c = c | 0x20 - 'a' + 10
		}
		r = r<<4 | rune(c)
	}
	return r
}
