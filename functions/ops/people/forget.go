package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
	"rental.example/functions/ops/indices"
)

// TokenLife is how long a token may be in use that was issued before its user was disabled: what template.yaml gives
// ID tokens, and the time of a request. The authorizer checks the token alone, and not whether its user is disabled.
const TokenLife = time.Hour + time.Minute

// Stores is where a deployed stack holds things about its users, but for the user pool.
type Stores struct {
	Users    *dynamo.Users
	Erasures *Erasures
	Indices  *indices.Admin // nil where the items service is not deployed
	Letters  map[string]Letters
}

// Forgetting is one run of Forget.
type Forgetting struct {
	Stores
	Person Person
	// Enabled is whether the user could still sign in when this run began. Their tokens then count from now on.
	Enabled bool
	Now     func() time.Time
	Poll    time.Duration // between two looks at what is left
	Limit   time.Duration // for the events to arrive
	Say     func(format string, args ...any)
}

// TooEarlyError is the end of a run after which a token may still be in use: another one has to follow.
type TooEarlyError struct{ Again time.Time }

// Error says when to run it again.
func (e *TooEarlyError) Error() string {
	return fmt.Sprintf("a token that was issued before may still write until %s: run it again after that", e.Again.Format(time.RFC3339))
}

// Forget erases everything about a person but the account in the user pool, which has to be disabled before, and
// deleted after Forget has succeeded. Each step may be repeated, and the order is such that a run that ends anywhere
// is completed by the next: first what prevents that anything comes back, then what is held.
//
//  1. the erasure is recorded: no restore brings the person back from here on
//  2. a tombstone takes the place of the profile
//  3. the event of that, by its usual way, removes the items and the name that they show; this is waited for
//  4. dead letters about the person are deleted
//  5. the run fails with a TooEarlyError as long as a token of theirs may be in use
func (f Forgetting) Forget(ctx context.Context) error {
	id := domain.UserID(f.Person.ID)
	first, err := f.Erasures.Record(ctx, id, f.Now(), f.Enabled)
	if err != nil {
		return err
	}
	f.Say("erasure recorded, first at %s", first.Format(time.RFC3339))
	buried, err := f.Users.Erase(ctx, id, domain.Stamp{Time: f.Now(), RequestID: "erase-" + f.Now().UTC().Format("20060102T150405.000000")})
	if err != nil {
		return err
	}
	f.Say("profile deleted")
	if f.Indices != nil {
		if err := f.awaitItems(ctx, id, buried.Version); err != nil {
			return err
		}
		f.Say("no items, and no name that they show")
	}
	for name, letters := range f.Letters {
		removed, err := letters.About(ctx, f.Person, true)
		if err != nil {
			return err
		}
		f.Say("%s: %d messages deleted", name, len(removed))
	}
	if again := first.Add(TokenLife); f.Now().Before(again) {
		return &TooEarlyError{again}
	}
	return nil
}

// awaitItems waits until items know of the deletion, and none is left.
func (f Forgetting) awaitItems(ctx context.Context, id domain.UserID, deleted domain.Version) error {
	for end := f.Now().Add(f.Limit); ; {
		held, err := f.Indices.UserData(ctx, id)
		if err != nil {
			return err
		}
		known, err := held.LastDeleted()
		if err != nil {
			return err
		}
		switch {
		case len(held.UnusedIndices) > 0:
			return fmt.Errorf("indices are not in use, and hold something about the person: %s. Run drop-index for each, then this again", strings.Join(held.UnusedIndices, ", "))
		case len(held.Items) == 0 && known >= deleted:
			return nil
		case f.Now().After(end):
			return fmt.Errorf("%d items are left after %v: see what waits in the queues (make queues), then run this again", len(held.Items), f.Limit)
		}
		select {
		case <-time.After(f.Poll):
		case <-ctx.Done():
			return errors.Join(errors.New("interrupted: run this again"), ctx.Err())
		}
	}
}
