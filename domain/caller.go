package domain

import "slices"

// UserID is a user's identity in every context: the sub of the Cognito user, a UUID in lower case.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
type UserID string

// ParseUserID takes s for a user's id. Anything that the user pool would never issue is
// ErrNotFound, so that what cannot exist is looked up nowhere.
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
	Email         string // as the user pool knows it; may be empty
	EmailVerified bool   // whether the user pool has seen proof of Email
	Groups        []string
}

// IsAdmin reports whether the caller is a member of the group admin, by its exact name.
func (c Caller) IsAdmin() bool { return slices.Contains(c.Groups, GroupAdmin) }
