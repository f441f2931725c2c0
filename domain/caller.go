package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// UserID is a user's public identity in every context: 128 bits in the form of a UUID in lower case.
type UserID string

// UserIDOf is the id of the user whose account in the user pool has that sub: the first 128 bits of the SHA-256 of it,
// so that nobody finds the sub by the id. A sub is a name to sign in with; whoever knows it can lock its owner out by
// wrong passwords, and have the pool send them mails.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
func UserIDOf(sub string) UserID {
	const purpose = "rental/user\x00"                                             // so that it is no other hash of the sub
	sum := sha256.Sum256(append(append(make([]byte, 0, 64), purpose...), sub...)) // on the stack
	text := hex.AppendEncode(make([]byte, 0, 36), sum[:4])
	for _, part := range [...][2]int{{4, 6}, {6, 8}, {8, 10}, {10, 16}} {
		text = hex.AppendEncode(append(text, '-'), sum[part[0]:part[1]])
	}
	return UserID(text)
}

// ParseUserID takes s for a user's id. Anything of another form is ErrNotFound, so that what cannot exist is looked up
// nowhere.
func ParseUserID(s string) (UserID, error) {
	if !IsUUID(s) {
		return "", ErrNotFound
	}
	return UserID(s), nil
}

// IsUUID reports whether s has the form of a UUID in lower case (RFC 9562, section 4).
func IsUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}

// GroupAdmin is the user pool's group whose members list users and remove anybody's items.
const GroupAdmin = "admin"

// Caller is who asks, as the authorizer has verified it.
type Caller struct {
	ID            UserID
	Sub           string // of the user pool's account: private, unlike ID
	Email         string // as the user pool knows it; may be empty
	EmailVerified bool   // whether the user pool has seen proof of Email
	Groups        []string
}

// IsAdmin reports whether the caller is a member of the group admin, by its exact name.
func (c Caller) IsAdmin() bool { return slices.Contains(c.Groups, GroupAdmin) }
