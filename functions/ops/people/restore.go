package people

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"rental.example/adapters/dynamo"
	"rental.example/domain/user"
)

// Restoration says what RestoreUsers is to do.
type Restoration struct {
	Source, Live *dynamo.Users // a table that a backup was restored into, and the one in use
	Erased       func(id string) bool
	Now          time.Time
	Say          func(format string, args ...any)
}

// Restored is what became of the records of the source.
type Restored struct {
	Read, Written int
	Newer         int // stay as they are in the live table: profiles, or tombstones
	Erased        int // belong to users who were erased
	Expired       int // are tombstones that the live table has forgotten, too
	Unreadable    []string
}

const (
	scanPage       = 500
	restoreWriters = 32
)

// RestoreUsers writes each record of the source that the live table has none of, or an older one. So nothing is lost
// that was written meanwhile, who has deleted their profile since stays deleted, and so do users who were erased.
// Repeating it is harmless.
func RestoreUsers(ctx context.Context, r Restoration) (Restored, error) {
	var done Restored
	for after := ""; ; {
		var page user.Scanned
		err := again(ctx, func() (err error) {
			page, err = r.Source.Scan(ctx, after, scanPage)
			return err
		})
		if err != nil {
			return done, err
		}
		if err := r.write(ctx, page.States, &done); err != nil {
			return done, err
		}
		done.Unreadable = append(done.Unreadable, page.Unreadable...)
		r.Say("%d read, %d written", done.Read, done.Written)
		if after = page.Next; after == "" {
			return done, nil
		}
	}
}

// write restores the records of a page, some at once.
func (r Restoration) write(ctx context.Context, states []user.State, done *Restored) (failure error) {
	var writers sync.WaitGroup
	var mu sync.Mutex
	slots := make(chan struct{}, restoreWriters)
	for _, s := range states {
		slots <- struct{}{}
		writers.Go(func() {
			defer func() { <-slots }()
			count, err := r.restore(ctx, s)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failure = err
				return
			}
			done.Read++
			*count(done)++
		})
	}
	writers.Wait()
	return failure
}

// restore writes one record, and returns what counts it.
func (r Restoration) restore(ctx context.Context, s user.State) (count func(*Restored) *int, err error) {
	switch {
	case r.Erased(string(s.ID())):
		return func(d *Restored) *int { return &d.Erased }, nil
	case s.Tombstone != nil && s.Tombstone.ExpiresAt().Before(r.Now):
		return func(d *Restored) *int { return &d.Expired }, nil
	}
	var written bool
	err = again(ctx, func() (err error) {
		written, err = r.Live.Restore(ctx, s)
		return err
	})
	if written {
		return func(d *Restored) *int { return &d.Written }, err
	}
	return func(d *Restored) *int { return &d.Newer }, err
}

// String is the report of a run.
func (d Restored) String() string {
	report := fmt.Sprintf("read: %d, written: %d, newer in the live table: %d, erased: %d, expired tombstones: %d, unreadable: %d",
		d.Read, d.Written, d.Newer, d.Erased, d.Expired, len(d.Unreadable))
	if len(d.Unreadable) > 0 {
		report += " (" + strings.Join(d.Unreadable, ", ") + ")"
	}
	return report
}
