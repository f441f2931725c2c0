// Package dynamousers implements the stores of package user with a table of DynamoDB, and parses the records of its stream.
package dynamousers

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
	"rental.example/domain/user"
)

// Store implements user.Store and user.RecordStore with a table of Schema.
//
// A profile is one item, and so is the tombstone that replaces it. Every write is a compare-and-set on the version. A
// failed condition returns the current item, so that Save and Erase need no read before the write; Delete reads to count
// deletions.
type Store struct {
	table     *dynamo.Table[item]
	listIndex string // the index that List queries
}

var _ user.Store = (*Store)(nil)

// New returns the store in the table called tableName.
func New(client dynamo.API, tableName string) *Store {
	return &Store{table: dynamo.NewTable[item](client, tableName, tableKeys()), listIndex: listIndex}
}

func tableKeys() dynamo.KeyNames { return dynamo.KeyNames{Partition: "id"} }

func keyOf(id domain.UserID) dynamo.Key { return dynamo.Key{Partition: string(id)} }

const (
	writeAttempts = 8
	writeBackoff  = 5 * time.Millisecond // upper limit of the random delay before the first retry; doubles with each retry
)

// Get implements user.Store.
func (s *Store) Get(ctx context.Context, id domain.UserID) (user.Profile, error) {
	i, err := s.table.Get(ctx, keyOf(id))
	if err != nil {
		return user.Profile{}, err
	}
	if !i.isProfile() {
		return user.Profile{}, domain.ErrNotFound
	}
	return i.profile(), nil
}

// Ping reads the item of an unused id, which costs one read unit. It returns an error if the table does not
// respond as it should.
func (s *Store) Ping(ctx context.Context) error {
	if _, err := s.table.Get(ctx, keyOf("-")); !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	return nil
}

// Save implements user.Store. If another write changed the item, Save retries at a higher version. After writeAttempts
// attempts it returns domain.ErrConflict.
func (s *Store) Save(ctx context.Context, p user.Profile, cond domain.Condition) (saved user.Profile, created bool, err error) {
	minVersion, base := p.Version, initialBase(cond)
	requestTime := minVersion.Time()
	for attempt := range writeAttempts {
		if err := domain.Backoff(ctx, attempt, writeBackoff); err != nil {
			return user.Profile{}, false, err
		}
		p.Version = max(minVersion, base+1)
		p.CreatedAt, p.UpdatedAt = p.Version.Time(), p.Version.Time()
		var old *item
		if old, err = s.update(ctx, p, requestTime, cond, base); err == nil {
			if old.isProfile() {
				p.CreatedAt = timeOf(*old.CreatedAt)
			}
			return p, !old.isProfile(), nil
		}
		current, own, unresolved := s.resolve(err, p.Version, func(i *item) bool { return i.isProfile() && i.writtenBy(p.RequestID) })
		switch {
		case unresolved != nil:
			return user.Profile{}, false, unresolved
		case own:
			return current.profile(), *current.CreatedAt == current.Version, nil
		}
		if err := cond.Check(current.version(), current.isProfile()); err != nil {
			return user.Profile{}, false, err
		}
		if !current.isProfile() && current.deletionCount().Exhausted(requestTime) {
			return user.Profile{}, false, user.ErrTooManyDeletions
		}
		base = current.version()
	}
	return user.Profile{}, false, err
}

// resolve returns the outcome of a write of version that returned err; see dynamo.Table. Versions increase with each write.
func (s *Store) resolve(err error, version domain.Version, isOwn func(*item) bool) (current *item, own bool, _ error) {
	return s.table.Resolve(err, isOwn, func(current *item) bool { return current.version() >= version })
}

// initialBase returns the version that the first attempt expects to replace: the first one of If-Match, else 0. Later
// attempts use the version that the failed condition returned.
func initialBase(cond domain.Condition) domain.Version {
	if versions, ok := cond.Versions(); ok && len(versions) > 0 {
		return versions[0]
	}
	return 0
}

// update writes p if the stored item satisfies saveCondition, and returns the old record. It checks the deletion limit of
// the day of requestTime; p.Version may be ahead of the clock. base is the value of :ifMatch if cond has versions.
func (s *Store) update(ctx context.Context, p user.Profile, requestTime time.Time, cond domain.Condition, base domain.Version) (old *item, err error) {
	condition, values := saveCondition(cond, p.RequestID), saveValues(p)
	values[":today"], values[":maxDeletions"] = dynamo.Integer(user.DayOf(requestTime)), dynamo.Integer(user.MaxDeletions)
	if _, ok := cond.Versions(); ok {
		values[":ifMatch"] = dynamo.Integer(base)
	}
	return s.table.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		Key: dynamo.Attributes{"id": dynamo.String(p.ID)}, ReturnValues: types.ReturnValueAllOld,
		UpdateExpression: &saveUpdate, ConditionExpression: &condition,
		ExpressionAttributeNames: saveNames, ExpressionAttributeValues: values,
	})
}

// Delete implements user.Store. It reads the item first, for the number of deletions.
func (s *Store) Delete(ctx context.Context, id domain.UserID, cond domain.Condition, stamp domain.Stamp) (user.Tombstone, error) {
	current, err := s.table.Get(ctx, keyOf(id))
	switch {
	case err != nil:
		return user.Tombstone{}, err
	case current.isTombstone() && current.writtenBy(stamp.RequestID): // an earlier attempt was applied; its response was lost
		return current.tombstone(), nil
	case cond.NeedsAbsence() && current.isProfile():
		return user.Tombstone{}, domain.ErrPreconditionFailed
	case cond.NeedsAbsence():
		return user.Tombstone{}, domain.ErrNotFound
	case !cond.NeedsRecord():
		cond = domain.MustExist()
	}
	return s.putTombstone(ctx, id, cond, stamp, current.deletionCount().Next(stamp.Time))
}

// Erase replaces a profile, an older tombstone or nothing by a tombstone, so that the stream publishes a deletion and
// consumers delete their data about id. It is idempotent.
func (s *Store) Erase(ctx context.Context, id domain.UserID, stamp domain.Stamp) (user.Tombstone, error) {
	return s.putTombstone(ctx, id, domain.Condition{}, stamp, user.Deletions{})
}

// putTombstone replaces the item of id by a tombstone if cond is satisfied. If another write changed the item, it retries
// as Save does.
func (s *Store) putTombstone(
	ctx context.Context, id domain.UserID, cond domain.Condition, stamp domain.Stamp, d user.Deletions,
) (_ user.Tombstone, err error) {
	base := initialBase(cond)
	for attempt := range writeAttempts {
		if err := domain.Backoff(ctx, attempt, writeBackoff); err != nil {
			return user.Tombstone{}, err
		}
		t := user.NewTombstone(id, base, stamp)
		if err = s.put(ctx, user.Record{Tombstone: &t, Deletions: d}, cond, base); err == nil {
			return t, nil
		}
		current, own, unresolved := s.resolve(err, t.Version, func(i *item) bool { return i.isTombstone() && i.writtenBy(stamp.RequestID) })
		switch {
		case unresolved != nil:
			return user.Tombstone{}, unresolved
		case own:
			return current.tombstone(), nil
		}
		if err := cond.Check(current.version(), current.isProfile()); err != nil {
			return user.Tombstone{}, err
		}
		base = current.version()
	}
	return user.Tombstone{}, err
}

// Restore writes r, a record from a backup, unless the table has the same version or a newer one under its id. It
// reports whether it wrote.
func (s *Store) Restore(ctx context.Context, r user.Record) (restored bool, err error) {
	err = s.put(ctx, r, domain.Condition{}, 0)
	var failed *dynamo.ConditionFailedError[item]
	if !errors.As(err, &failed) {
		return err == nil, err
	}
	// After a lost response, the current record may be the one that this call wrote.
	return failed.Ambiguous && failed.Current.version() == r.Version() && failed.Current.RequestID == r.RequestID(), nil
}

// put writes r if the stored item is absent or has a lower version, and satisfies cond. base is the value of :ifMatch if
// cond has versions.
func (s *Store) put(ctx context.Context, r user.Record, cond domain.Condition, base domain.Version) error {
	stored, err := itemOf(r)
	if err != nil {
		return err
	}
	condition, values := newerCondition(cond), dynamo.Attributes{":version": dynamo.Integer(r.Version())}
	if _, ok := cond.Versions(); ok {
		values[":ifMatch"] = dynamo.Integer(base)
	}
	_, err = s.table.PutItem(ctx, &dynamodb.PutItemInput{
		Item: stored, ConditionExpression: &condition, ExpressionAttributeValues: values,
	})
	return err
}
