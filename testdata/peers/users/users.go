// Package users is what every comparator of the users function shares: the body it takes, the profile it
// keeps and shows, and where it keeps it. It is written as most would write it, on struct tags.
package users

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Body is the body of POST /user. The rules are those of domain/user, as far as the validator has words for
// them; gin reads them under its own name.
type Body struct {
	Name     string  `json:"name" validate:"required,max=100" binding:"required,max=100"`
	Email    string  `json:"email" validate:"required,max=254,email" binding:"required,max=254,email"`
	Ratings  float64 `json:"ratings" validate:"gte=0,lte=100" binding:"gte=0,lte=100"`
	UserType string  `json:"userType" validate:"required,oneof=renter rentee" binding:"required,oneof=renter rentee"`
}

// Caller is who calls, from the claims of an ID token.
type Caller struct {
	Sub           string
	Email         string
	EmailVerified bool
}

// IDOf is the public id of the user with that sub, as domain.UserIDOf makes it.
func IDOf(sub string) string {
	sum := sha256.Sum256([]byte("rental/user\x00" + sub))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// Profile is a profile as it is stored. Moments are microseconds since 1970.
type Profile struct {
	ID            string  `dynamodbav:"id"`
	Sub           string  `dynamodbav:"sub"`
	Name          string  `dynamodbav:"name"`
	Email         string  `dynamodbav:"email"`
	EmailVerified bool    `dynamodbav:"emailVerified"`
	UserType      string  `dynamodbav:"userType"`
	Ratings       float64 `dynamodbav:"ratings"`
	TypeShard     string  `dynamodbav:"typeShard"`
	Version       int64   `dynamodbav:"version"`
	CreatedAt     int64   `dynamodbav:"createdAt"`
	UpdatedAt     int64   `dynamodbav:"updatedAt"`
	RequestID     string  `dynamodbav:"requestId"`
}

// New makes the caller's profile of a body that has been checked.
func New(caller Caller, b Body, requestID string) Profile {
	now, id := time.Now().UnixMicro(), IDOf(caller.Sub)
	return Profile{
		ID: id, Sub: caller.Sub, Name: b.Name, Email: b.Email, EmailVerified: caller.EmailVerified && caller.Email == b.Email,
		UserType: b.UserType, Ratings: b.Ratings, TypeShard: shardOf(b.UserType, id),
		Version: now, CreatedAt: now, UpdatedAt: now, RequestID: requestID,
	}
}

// View is a profile as its owner sees it.
type View struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	Email         string    `json:"email"`
	EmailVerified bool      `json:"emailVerified"`
	UserType      string    `json:"userType"`
	Ratings       float64   `json:"ratings"`
	CreatedAt     time.Time `json:"createdAt"`
	UpdatedAt     time.Time `json:"updatedAt"`
}

// View is what the owner of p is shown.
func (p Profile) View() View {
	return View{
		ID: p.ID, Name: p.Name, Email: p.Email, EmailVerified: p.EmailVerified, UserType: p.UserType, Ratings: p.Ratings,
		CreatedAt: time.UnixMicro(p.CreatedAt).UTC(), UpdatedAt: time.UnixMicro(p.UpdatedAt).UTC(),
	}
}

// ETag names the state of p.
func (p Profile) ETag() string { return `"` + strconv.FormatInt(p.Version, 10) + `"` }

// ErrNotFound is a profile that is not there.
var ErrNotFound = errors.New("no such profile")

// Store keeps profiles.
type Store interface {
	// Save makes or replaces a profile. What is returned has the time of the first creation.
	Save(ctx context.Context, p Profile) (saved Profile, created bool, err error)
	// Get reads a profile, or fails with ErrNotFound.
	Get(ctx context.Context, id string) (Profile, error)
}
