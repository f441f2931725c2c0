package dynamousers_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

const someone = domain.UserID("3b2c1a60-0000-4000-8000-00000000cafe")

var noon = time.Date(2100, 1, 1, 12, 0, 0, 0, time.UTC)

func profileAt(t *testing.T, id domain.UserID, at time.Time, requestID string) user.Profile {
	t.Helper()
	caller := domain.Caller{ID: id, Sub: "account-of-jane", Email: "jane@example.com", EmailVerified: true}
	d := user.Draft{Name: "Jane", Email: "jane@example.com", Type: "renter", Ratings: 4.5}
	p, err := user.New(caller, d, domain.Stamp{Time: at, RequestID: requestID})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func newID() domain.UserID {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return domain.UserID(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}
