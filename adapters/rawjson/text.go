package rawjson

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// plain is how many bytes at the start of b are ASCII that stands for itself in a string.
func plain(b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		if found := marks(b[n:]); found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for n < len(b) && b[n] >= ' ' && b[n] < utf8.RuneSelf && b[n] != '"' && b[n] != '\\' {
		n++
	}
	return n
}

// marks are the highest bits of those of the first eight bytes of b that are not plain. Marks above the lowest may be
// wrong.
func marks(b []byte) uint64 {
	const ones = 0x0101010101010101
	w := binary.LittleEndian.Uint64(b)
	below := (w ^ ones*0x02) - ones*0x21 // what is below a space, and the quote, differ from 0x02 by less than 0x21
	slash := (w ^ ones*'\\') - ones
	return (below | slash | w) & (ones * 0x80)
}

// escapeLen is the length of the escape at the start of b, or 0 if it is none.
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

// Unquote is what a value says that is valid and a string; ok is false for any other. It copies only what has escapes.
func Unquote(value string) (text string, ok bool) {
	if Kind(value) != '"' {
		return "", false
	}
	return said(value[1 : len(value)-1]), true
}

// said is the text of a string without its quotes.
func said(literal string) string {
	if strings.IndexByte(literal, '\\') < 0 {
		return literal
	}
	var text strings.Builder
	text.Grow(len(literal)) // no escape is shorter than what it stands for
	AppendUnquoted(&text, []byte(literal))
	return text.String()
}

// AppendUnquoted appends the text of a literal, as Reader.RawString returns it. Half a pair of surrogates becomes U+FFFD, as in encoding/json.
func AppendUnquoted(to *strings.Builder, literal []byte) {
	for len(literal) > 0 {
		n := plain(literal)
		to.Write(literal[:n])
		if literal = literal[n:]; len(literal) == 0 {
			return
		}
		switch {
		case literal[0] != '\\':
			to.WriteByte(literal[0]) // of a longer character
			literal = literal[1:]
		case literal[1] != 'u':
			to.WriteByte(escapes[literal[1]])
			literal = literal[2:]
		default:
			c := hex4(literal[2:])
			literal = literal[6:]
			if utf16.IsSurrogate(c) {
				low := utf8.RuneError
				if len(literal) >= 6 && literal[0] == '\\' && literal[1] == 'u' {
					low = utf16.DecodeRune(c, hex4(literal[2:]))
				}
				if c = low; c != utf8.RuneError {
					literal = literal[6:]
				}
			}
			to.WriteRune(c)
		}
	}
}

// escapes are what a backslash makes of the character behind it.
var escapes = [...]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// HasLoneSurrogate reports whether a string in a value that is valid has half a pair of surrogates (RFC 8259, section
// 8.2), which stands for no character.
func HasLoneSurrogate(value string) bool {
	for i := strings.IndexByte(value, '\\'); i >= 0 && i < len(value); i++ { // backslashes are in strings only
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
