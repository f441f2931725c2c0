package snssqs

import (
	"bytes"
	"unicode/utf8"
)

// acceptable returns JSON that means the same, and holds nothing but characters that both services take. Beside
// control characters, which JSON has none of, they refuse U+FFFE, U+FFFF and what is not UTF-8.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
func acceptable(text []byte) []byte {
	if utf8.Valid(text) && !bytes.Contains(text, []byte("\uFFFE")) && !bytes.Contains(text, []byte("\uFFFF")) {
		return text
	}
	text = bytes.ToValidUTF8(text, []byte(`\ufffd`))
	text = bytes.ReplaceAll(text, []byte("\uFFFE"), []byte(`\ufffe`))
	return bytes.ReplaceAll(text, []byte("\uFFFF"), []byte(`\uffff`))
}
