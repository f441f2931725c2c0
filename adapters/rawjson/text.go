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

// nonPlainMask returns a mask with bit 7 set for each of b's first eight bytes that is a control character, a quote, a
// backslash or not ASCII. Only its lowest set bit is reliable: the subtraction borrows.
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

// Unquote returns the text of the string that value is; ok is false for any other raw value. It copies only strings with
// escapes.
func Unquote(value string) (text string, ok bool) {
	if Kind(value) != '"' {
		return "", false
	}
	return unescape(value[1 : len(value)-1]), true
}

// unescape decodes the escapes in string content.
func unescape(content string) string {
	if strings.IndexByte(content, '\\') < 0 {
		return content
	}
	var text strings.Builder
	text.Grow(len(content)) // no escape is shorter than its character
	AppendUnescaped(&text, []byte(content))
	return text.String()
}

// AppendUnescaped decodes the escapes in string content, as Reader.StringContent returns it, and appends the text. An
// unpaired surrogate becomes U+FFFD, as in encoding/json.
func AppendUnescaped(to *strings.Builder, content []byte) {
	for len(content) > 0 {
		n := plainPrefix(content)
		to.Write(content[:n])
		if content = content[n:]; len(content) == 0 {
			return
		}
		switch {
		case content[0] != '\\':
			to.WriteByte(content[0]) // part of a longer character
			content = content[1:]
		case content[1] != 'u':
			to.WriteByte(escapes[content[1]])
			content = content[2:]
		default:
			c := hex4(content[2:])
			content = content[6:]
			if utf16.IsSurrogate(c) {
				decoded := utf8.RuneError
				if len(content) >= 6 && content[0] == '\\' && content[1] == 'u' {
					decoded = utf16.DecodeRune(c, hex4(content[2:]))
				}
				if decoded != utf8.RuneError {
					content = content[6:]
				}
				c = decoded
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
		if rest := value[i+1:]; rest[0] != '\\' || rest[1] != 'u' || utf16.DecodeRune(c, hex4(rest[2:])) == utf8.RuneError {
			return true
		}
		i += 6
	}
	return false
}

// hex4 returns the value of the first four hexadecimal digits.
func hex4[T string | []byte](digits T) (r rune) {
	for i := range 4 {
		c := digits[i]
		switch {
		case c <= '9':
			c -= '0'
		default:
			c = (c | 0x20) - 'a' + 10
		}
		r = r<<4 | rune(c)
	}
	return r
}
