package cognito

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
)

// newUUID returns a random UUID, version 4 (RFC 9562, section 5.4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	return formatUUID(b)
}

// formatUUID formats 16 random bytes as a UUID, version 4.
func formatUUID(b [16]byte) string {
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// newHandle returns a random session or secret block. Clients of SRP decode the latter; 66 bytes need no padding.
func newHandle() string {
	b := make([]byte, 66)
	rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

// newRefreshToken returns a random token that begins with the header of the service's (RFC 7516, section 3.1).
// A token without it could begin with "-", which command lines take for an option.
func newRefreshToken() string {
	const header = `{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}`
	b := make([]byte, 66)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(b)
}
