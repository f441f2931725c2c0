package cognito

import "testing"

// TestRandomTextIsNoOption: command lines take an argument that begins with "-" for an option. Of plain base64url,
// one token in 64 does.
func TestRandomTextIsNoOption(t *testing.T) {
	for name, random := range map[string]func() string{
		"refresh token": newRefreshToken, "session": newHandle, "temporary password": newPassword, "UUID": newUUID,
	} {
		for range 1000 {
			if text := random(); text[0] == '-' {
				t.Errorf("%s %s begins with -", name, text)
				break
			}
		}
	}
}
