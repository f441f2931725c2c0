// Package user is the bounded context of users: their profiles, the events about these, the port of their store, and
// Directory, the use cases.
//
// A profile belongs to one user of the user pool. Its owner reads all of it, others its Public part. Other contexts
// learn of it from its events.
package user

import (
	"math"
	"time"

	"rental.example/domain"
)

// Limits of a profile's fields.
const (
	MaxNameLength  = 100 // characters
	MaxEmailLength = 254 // bytes; RFC 5321, section 4.5.3.1.3, less the angle brackets
	MaxRatings     = 100.0
)

// Type is a user's role on the marketplace.
type Type string

// The types of user.
const (
	Renter Type = "renter" // rents things from others
	Rentee Type = "rentee" // lists things for rent
)

// Types returns all types of user.
func Types() []Type { return []Type{Renter, Rentee} }

// Valid reports whether t is one of Types.
func (t Type) Valid() bool { return t == Renter || t == Rentee }

// Profile is a user's profile. New and Change return valid profiles; a Store returns them as written, even if a rule has
// become stricter since.
type Profile struct {
	ID            domain.UserID
	Sub           string // the account's id in the user pool; private
	Name          string
	Email         string
	EmailVerified bool // the user pool has verified that Email is this user's
	Type          Type
	Ratings       float64 // 0..100
	Version       domain.Version
	CreatedAt     time.Time // UTC, whole microseconds
	UpdatedAt     time.Time // of the last change; BumpVersion leaves it unchanged
	RequestID     string    // of the request that wrote it
}

// Public is the part of a profile that any signed-in user may read.
type Public struct {
	ID        domain.UserID
	Name      string
	Type      Type
	Ratings   float64
	CreatedAt time.Time
}

// Public returns the public part of p.
func (p Profile) Public() Public {
	return Public{ID: p.ID, Name: p.Name, Type: p.Type, Ratings: p.Ratings, CreatedAt: p.CreatedAt}
}

// Equal reports whether p and other are the same in every field.
func (p Profile) Equal(other Profile) bool {
	sameTimes := p.CreatedAt.Equal(other.CreatedAt) && p.UpdatedAt.Equal(other.UpdatedAt)
	other.CreatedAt, other.UpdatedAt = p.CreatedAt, p.UpdatedAt
	return sameTimes && p == other
}

// Draft is an unchecked new profile.
type Draft struct {
	Name    string
	Email   string
	Type    string
	Ratings float64
}

// Patch is an unchecked change of a profile. Null means the empty value, which only Ratings may have.
type Patch struct {
	Name    domain.Optional[string]
	Email   domain.Optional[string]
	Type    domain.Optional[string]
	Ratings domain.Optional[float64]
}

// New returns the caller's profile of d, with the version and times of a first write at s.Time, which Store.Save adjusts
// to an earlier record. It returns a *domain.ValidationError with all problems of d.
func New(caller domain.Caller, d Draft, s domain.Stamp) (Profile, error) {
	p := Profile{ID: caller.ID, CreatedAt: domain.Micros(s.Time)}
	return p.Change(caller, Patch{
		Name: domain.Some(d.Name), Email: domain.Some(d.Email), Type: domain.Some(d.Type), Ratings: domain.Some(d.Ratings),
	}, s)
}

// Change returns p with patch applied by the caller, at the version after p's, or p itself if nothing changes. Only fields
// in the patch are checked, so that a rule that became stricter blocks no change of other fields. It returns a
// *domain.ValidationError with all problems.
func (p Profile) Change(caller domain.Caller, patch Patch, s domain.Stamp) (Profile, error) {
	next := p
	var problems domain.Problems
	if patch.Name.Set {
		next.Name = patch.Name.Value
		problems.CheckRequiredText("name", next.Name, MaxNameLength)
	}
	if patch.Email.Set {
		next.Email = patch.Email.Value
		checkEmail(&problems, next.Email)
	}
	if patch.Ratings.Set {
		next.Ratings = checkRatings(&problems, patch.Ratings.Value)
	}
	if patch.Type.Set {
		next.Type = Type(patch.Type.Value)
		checkType(&problems, next.Type)
	}
	if err := problems.Err(); err != nil {
		return Profile{}, err
	}
	next.Sub = caller.Sub
	next.EmailVerified = caller.EmailVerified && caller.Email == next.Email
	if next.Equal(p) {
		return p, nil
	}
	next.Version = p.Version.Next(s.Time)
	next.UpdatedAt = next.Version.Time()
	next.RequestID = s.RequestID
	return next, nil
}

func checkType(problems *domain.Problems, t Type) {
	switch {
	case t == "":
		problems.Add("userType", domain.CodeRequired, "must be renter or rentee")
	case !t.Valid():
		problems.Add("userType", domain.CodeInvalid, "must be renter or rentee")
	}
}

// checkRatings returns r, or 0 for minus zero and for numbers so small that DynamoDB refuses them (below 1E-130).
func checkRatings(problems *domain.Problems, r float64) float64 {
	if !(r >= 0 && r <= MaxRatings) { // also true for NaN
		problems.Add("ratings", domain.CodeOutOfRange, "must be a number from 0 to 100")
	}
	if math.Abs(r) < 1e-100 {
		return 0
	}
	return r
}
