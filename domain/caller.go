package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// UserID is a user's public id: 128 bits in the form of a UUID in lower case.
type UserID string

// UserIDOf returns the id of the user with the user pool's sub: the first 128 bits of a SHA-256, so that the sub cannot be
// computed from the id. A sub must stay private because it is also a name to sign in with: whoever knows it can
// lock the account by wrong passwords and have the pool send mails.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
func UserIDOf(sub string) UserID {
	const purpose = "rental/user\x00"                                             // distinguishes the id from other hashes of the sub
	sum := sha256.Sum256(append(append(make([]byte, 0, 64), purpose...), sub...)) // on the stack
	text := hex.AppendEncode(make([]byte, 0, 36), sum[:4])
	for _, part := range [...][2]int{{4, 6}, {6, 8}, {8, 10}, {10, 16}} {
		text = hex.AppendEncode(append(text, '-'), sum[part[0]:part[1]])
	}
	return UserID(text)
}

// ParseUserID returns s as a UserID, or ErrNotFound if it is not in the form of one: no store needs to be asked.
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

// GroupAdmin is the user pool's group whose members may list users and delete any item.
const GroupAdmin = "admin"

// Caller is the user who sent the request, as verified by the API's authorizer.
type Caller struct {
	ID            UserID
	Sub           string // the account's id in the user pool: private, unlike ID
	Email         string // in the user pool; may be empty
	EmailVerified bool   // by the user pool
	Groups        []string
	Identified    bool // by an ID token; an access token has no e-mail
}

// Claims are the verified claims of a Cognito token, as the adapter of a transport parses them.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html
type Claims struct {
	TokenUse      string // id or access
	Sub           string
	Email         string
	EmailVerified bool
	Groups        []string
}

// NewCaller returns the caller with claims c. It returns ErrUnauthenticated if they are not those of an ID token or an
// access token.
func NewCaller(c Claims) (Caller, error) {
	if c.TokenUse != "id" && c.TokenUse != "access" {
		return Caller{}, fmt.Errorf("%w: not the claims of a token of the user pool", ErrUnauthenticated)
	}
	if !IsUUID(c.Sub) {
		return Caller{}, fmt.Errorf("%w: invalid claim sub", ErrUnauthenticated)
	}
	return Caller{
		ID: UserIDOf(c.Sub), Sub: c.Sub, Email: c.Email, EmailVerified: c.EmailVerified, Groups: c.Groups,
		Identified: c.TokenUse == "id",
	}, nil
}

// RequireIdentified returns ErrUnauthenticated if the caller has not sent an ID token.
func (c Caller) RequireIdentified() error {
	if !c.Identified {
		return fmt.Errorf("%w: not the claims of an ID token", ErrUnauthenticated)
	}
	return nil
}

// IsAdmin reports whether the caller is a member of the group admin, by its exact name.
func (c Caller) IsAdmin() bool { return slices.Contains(c.Groups, GroupAdmin) }
