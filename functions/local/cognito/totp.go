package cognito

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"time"
)

// softwareToken is the secret that an authenticator app shares with the pool.
type softwareToken struct {
	secret   string
	name     string // of the device
	lastStep int64  // of the last code that was used
}

// totpStep is the time step of RFC 6238, section 5.2.
const totpStep = 30 * time.Second

// totp returns the code of a step (RFC 6238), with HMAC-SHA-1 and six digits, like authenticator apps.
func totp(secret string, step int64) string {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%06d", number%1_000_000)
}

func newTOTPSecret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return string(b)
}

// encodeSecret returns a secret in base32, for apps.
func encodeSecret(secret string) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(secret))
}

// consumeCode returns the token with the step of the code marked as used. Clocks may differ by one step.
func (s softwareToken) consumeCode(code string, now time.Time) (softwareToken, error) {
	current := now.Unix() / int64(totpStep.Seconds())
	for step := current - 1; step <= current+1; step++ {
		if subtle.ConstantTimeCompare([]byte(totp(s.secret, step)), []byte(code)) == 0 {
			continue
		}
		if step <= s.lastStep {
			return s, errTokenUsed
		}
		s.lastStep = step
		return s, nil
	}
	return s, errTokenMismatch
}
