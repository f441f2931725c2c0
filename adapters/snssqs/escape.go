package snssqs

import (
	"bytes"
	"unicode/utf8"
)

// escapeUnsupported returns equal JSON with only characters that both services accept. Besides control characters, which
// JSON does not contain, they reject U+FFFE, U+FFFF and invalid UTF-8.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
func escapeUnsupported(text []byte) []byte {
	if utf8.Valid(text) && !bytes.Contains(text, []byte("\uFFFE")) && !bytes.Contains(text, []byte("\uFFFF")) {
		return text
	}
	text = bytes.ToValidUTF8(text, []byte(`\ufffd`))
	text = bytes.ReplaceAll(text, []byte("\uFFFE"), []byte(`\ufffe`))
	return bytes.ReplaceAll(text, []byte("\uFFFF"), []byte(`\uffff`))
}
