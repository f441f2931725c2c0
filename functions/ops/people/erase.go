package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/domain"
	"rental.example/functions/ops/indices"
)

// TokenLife is how long a token that was issued before its user was disabled may be used: the validity of ID tokens in
// template.yaml and the duration of a request. The authorizer does not check whether the user is disabled.
const TokenLife = time.Hour + time.Minute

// Stores are the stores of a deployed stack that hold data about its users, except the user pool.
type Stores struct {
	Users            *dynamousers.Store
	Erasures         *Erasures
	Indices          *indices.Admin // nil where the items service is not deployed
	DeadLetterQueues map[string]DeadLetterQueue
}

// EraseConfig configures EraseUser.
type EraseConfig struct {
	Stores
	Person Person
	// Enabled reports whether the account was enabled when this run began. TokenLife then starts now.
	Enabled bool
	Now     func() time.Time
	Poll    time.Duration // between two checks of the items
	Limit   time.Duration // for the deletion event to arrive
	Logf    func(format string, args ...any)
}

// TooEarlyError reports that a token of the user may still be valid: EraseUser has to run again at RetryAfter.
type TooEarlyError struct{ RetryAfter time.Time }

// Error returns a message with RetryAfter.
func (e *TooEarlyError) Error() string {
	return fmt.Sprintf("a token issued before may still write until %s: run this again after that", e.RetryAfter.Format(time.RFC3339))
}

// EraseUser erases all data about a person, except the account in the user pool, which has to be disabled before and
// deleted after EraseUser has succeeded. Every step is idempotent. After an error, run it again.
//
//  1. record the erasure: from now on, no restore brings the person back
//  2. replace the profile by a tombstone
//  3. wait until the event of the deletion has removed the items and the owner's name
//  4. delete dead letters about the person
//  5. return a TooEarlyError while a token of the person may be valid
func EraseUser(ctx context.Context, c EraseConfig) error {
	id := domain.UserID(c.Person.ID)
	first, err := c.Erasures.Record(ctx, id, c.Now(), c.Enabled)
	if err != nil {
		return err
	}
	c.Logf("erasure recorded, first at %s", first.Format(time.RFC3339))
	tombstone, err := c.Users.Erase(ctx, id, domain.Stamp{Time: c.Now(), RequestID: "erase-" + c.Now().UTC().Format("20060102T150405.000000")})
	if err != nil {
		return err
	}
	c.Logf("profile deleted")
	if c.Indices != nil {
		if err := c.awaitItems(ctx, id, tombstone.Version); err != nil {
			return err
		}
		c.Logf("items and owner name removed")
	}
	for name, queue := range c.DeadLetterQueues {
		removed, err := queue.About(ctx, c.Person, true)
		if err != nil {
			return err
		}
		c.Logf("%s: %d messages deleted", name, len(removed))
	}
	if valid := first.Add(TokenLife); c.Now().Before(valid) {
		return &TooEarlyError{valid}
	}
	return nil
}

// awaitItems polls until the index has the deletion and none of the user's items.
func (c EraseConfig) awaitItems(ctx context.Context, id domain.UserID, deleted domain.Version) error {
	for end := c.Now().Add(c.Limit); ; {
		found, err := c.Indices.UserData(ctx, id)
		if err != nil {
			return err
		}
		known, err := found.LastDeleted()
		if err != nil {
			return err
		}
		switch {
		case len(found.UnusedIndices) > 0:
			return fmt.Errorf("indices not in use hold data about the person: %s; run drop-index for each, then run this again", strings.Join(found.UnusedIndices, ", "))
		case len(found.Items) == 0 && known >= deleted:
			return nil
		case c.Now().After(end):
			return fmt.Errorf("%d items are left after %v: check the queues (make queues), then run this again", len(found.Items), c.Limit)
		}
		select {
		case <-time.After(c.Poll):
		case <-ctx.Done():
			return errors.Join(errors.New("interrupted: run this again"), ctx.Err())
		}
	}
}
