// Package user is the bounded context of people: their profiles, what happens to those, and the port
// behind which they are kept.
//
// A profile belongs to the one user of the pool whose sub is its id. Its owner reads all of it, others
// its Public part. What other contexts learn of it they learn from its events.
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

// Type is what a user does on the marketplace.
type Type string

// The types of user.
const (
	Renter Type = "renter" // rents things from others
	Rentee Type = "rentee" // lists things for rent
)

// Types are all types of user.
func Types() []Type { return []Type{Renter, Rentee} }

// Valid reports whether t is one of Types.
func (t Type) Valid() bool { return t == Renter || t == Rentee }

// Profile is what a user tells about themselves. One made by New or Change is valid; one that a Store
// returns is as it was written, whatever today's rules are.
type Profile struct {
	ID            domain.UserID
	Sub           string // of the account in the user pool; shown to nobody
	Name          string
	Email         string
	EmailVerified bool // the user pool has proof that Email is this user's
	Type          Type
	Ratings       float64 // 0..100
	Version       domain.Version
	CreatedAt     time.Time // UTC, whole microseconds
	UpdatedAt     time.Time // of the version of the last change; it stays where a version is raised
	RequestID     string    // the request that wrote it
}

// Public is the part of a profile that any signed-in user may read.
type Public struct {
	ID        domain.UserID
	Name      string
	Type      Type
	Ratings   float64
	CreatedAt time.Time
}

// Public is what others may read of p.
func (p Profile) Public() Public {
	return Public{ID: p.ID, Name: p.Name, Type: p.Type, Ratings: p.Ratings, CreatedAt: p.CreatedAt}
}

// Draft is a profile as a client wants it, unchecked.
type Draft struct {
	Name    string
	Email   string
	Type    string
	Ratings float64
}

// Patch is a change as a client wants it, unchecked; a nil field stays as it is.
type Patch struct {
	Name    *string
	Email   *string
	Type    *string
	Ratings *float64
}

// New makes the caller's profile from d. Its version and times are those of a first write at s.Time;
// the Store corrects them where the profile is not the first. All problems of d come together as a
// *domain.ValidationError.
func New(caller domain.Caller, d Draft, s domain.Stamp) (Profile, error) {
	p := Profile{ID: caller.ID, CreatedAt: domain.VersionAt(s.Time).Time()}
	return p.Change(caller, Patch{Name: &d.Name, Email: &d.Email, Type: &d.Type, Ratings: &d.Ratings}, s)
}

// Change returns p with patch applied by the caller, at the version after p's; p itself when nothing
// would be different. Only what the patch names is checked, so that a stricter rule of today does
// not lock a profile of yesterday. All problems come together as a *domain.ValidationError.
func (p Profile) Change(caller domain.Caller, patch Patch, s domain.Stamp) (Profile, error) {
	next := p
	var problems domain.Problems
	if patch.Name != nil {
		next.Name = *patch.Name
		problems.CheckRequiredText("name", next.Name, MaxNameLength)
	}
	if patch.Email != nil {
		next.Email = *patch.Email
		checkEmail(&problems, next.Email)
	}
	if patch.Ratings != nil {
		next.Ratings = checkRatings(&problems, *patch.Ratings)
	}
	if patch.Type != nil {
		next.Type = Type(*patch.Type)
		checkType(&problems, next.Type)
	}
	if err := problems.Err(); err != nil {
		return Profile{}, err
	}
	next.Sub = caller.Sub
	next.EmailVerified = caller.EmailVerified && caller.Email == next.Email
	if next == p {
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

// checkRatings also turns into zero what is zero to every reader: minus zero, and numbers so small
// that a database of decimal numbers refuses them (DynamoDB's end at 1E-130).
func checkRatings(problems *domain.Problems, r float64) float64 {
	if !(r >= 0 && r <= MaxRatings) { // NaN is not in any range
		problems.Add("ratings", domain.CodeOutOfRange, "must be a number from 0 to 100")
	}
	if math.Abs(r) < 1e-100 {
		return 0
	}
	return r
}
