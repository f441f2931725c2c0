package dynamo

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/domain"
	"rental.example/domain/user"
)

// Users implements user.Store and user.RecordStore with a table of UsersSchema.
//
// A profile is one item, and so is the tombstone that replaces it. Every write is a compare-and-set on the version. A
// failed condition returns the current item, so that Save and Erase need no read before the write; Delete reads to count
// deletions.
type Users struct {
	table     *Table[userItem]
	listIndex string // the index that List queries
}

var _ user.Store = (*Users)(nil)

// NewUsers returns the store in the table called tableName.
func NewUsers(client API, tableName string) *Users {
	return &Users{table: NewTable[userItem](client, tableName, KeyNames{Partition: "id"}), listIndex: listIndex}
}

const (
	writeAttempts = 8
	writeBackoff  = 5 * time.Millisecond // upper limit of the random delay before the first retry; doubles with each retry
)

// Get implements user.Store.
func (u *Users) Get(ctx context.Context, id domain.UserID) (user.Profile, error) {
	i, err := u.table.Get(ctx, Key{Partition: string(id)})
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
func (u *Users) Ping(ctx context.Context) error {
	if _, err := u.table.Get(ctx, Key{Partition: "-"}); !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	return nil
}

// Save implements user.Store. If another write changed the item, Save retries at a higher version. After writeAttempts
// attempts it returns domain.ErrConflict.
func (u *Users) Save(ctx context.Context, p user.Profile, cond domain.Condition) (saved user.Profile, created bool, err error) {
	minVersion, base := p.Version, initialBase(cond)
	requestTime := minVersion.Time()
	var failed *ConditionFailedError[userItem]
	for attempt := range writeAttempts {
		if err := domain.Backoff(ctx, attempt, writeBackoff); err != nil {
			return user.Profile{}, false, err
		}
		p.Version = max(minVersion, base+1)
		p.CreatedAt, p.UpdatedAt = p.Version.Time(), p.Version.Time()
		old, err := u.update(ctx, p, requestTime, cond, base)
		switch {
		case err == nil && old.isProfile():
			p.CreatedAt = timeOf(*old.CreatedAt)
			return p, false, nil
		case err == nil:
			return p, true, nil
		case !errors.As(err, &failed):
			return user.Profile{}, false, err
		}
		current := failed.Current
		switch {
		case current.isProfile() && current.writtenBy(p.RequestID): // an earlier attempt was applied; its response was lost
			return current.profile(), *current.CreatedAt == current.Version, nil
		case failed.Ambiguous && current.version() >= p.Version:
			// An earlier attempt may have been applied and overwritten: the outcome is unknown.
			return user.Profile{}, false, failed
		}
		if err := cond.Check(current.version(), current.isProfile()); err != nil {
			return user.Profile{}, false, err
		}
		if !current.isProfile() && current.deletionCount().Exhausted(requestTime) {
			return user.Profile{}, false, user.ErrTooManyDeletions
		}
		base = current.version()
	}
	return user.Profile{}, false, failed
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
func (u *Users) update(ctx context.Context, p user.Profile, requestTime time.Time, cond domain.Condition, base domain.Version) (old *userItem, err error) {
	condition, values := saveCondition(cond, p.RequestID), saveValues(p)
	values[":today"], values[":maxDeletions"] = integer(user.DayOf(requestTime)), integer(user.MaxDeletions)
	if _, ok := cond.Versions(); ok {
		values[":ifMatch"] = integer(int64(base))
	}
	return u.table.update(ctx, &dynamodb.UpdateItemInput{
		Key: attributes{"id": text(string(p.ID))}, ReturnValues: types.ReturnValueAllOld,
		UpdateExpression: &saveUpdate, ConditionExpression: &condition,
		ExpressionAttributeNames: saveNames, ExpressionAttributeValues: values,
	})
}

// Delete implements user.Store. It reads the item first, for the number of deletions.
func (u *Users) Delete(ctx context.Context, id domain.UserID, cond domain.Condition, s domain.Stamp) (user.Tombstone, error) {
	current, err := u.table.Get(ctx, Key{Partition: string(id)})
	switch {
	case err != nil:
		return user.Tombstone{}, err
	case current.isTombstone() && current.writtenBy(s.RequestID): // an earlier attempt was applied; its response was lost
		return current.tombstone(), nil
	case cond.NeedsAbsence() && current.isProfile():
		return user.Tombstone{}, domain.ErrPreconditionFailed
	case cond.NeedsAbsence():
		return user.Tombstone{}, domain.ErrNotFound
	case !cond.NeedsRecord():
		cond = domain.MustExist()
	}
	return u.putTombstone(ctx, id, cond, s, current.deletionCount().Next(s.Time))
}

// Erase replaces a profile, an older tombstone or nothing by a tombstone, so that the stream publishes a deletion and
// consumers delete their data about id. It is idempotent.
func (u *Users) Erase(ctx context.Context, id domain.UserID, s domain.Stamp) (user.Tombstone, error) {
	return u.putTombstone(ctx, id, domain.Condition{}, s, user.Deletions{})
}

// putTombstone replaces the item of id by a tombstone if cond is satisfied. If another write changed the item, it retries
// as Save does.
func (u *Users) putTombstone(ctx context.Context, id domain.UserID, cond domain.Condition, s domain.Stamp, d user.Deletions) (user.Tombstone, error) {
	base := initialBase(cond)
	var failed *ConditionFailedError[userItem]
	for attempt := range writeAttempts {
		if err := domain.Backoff(ctx, attempt, writeBackoff); err != nil {
			return user.Tombstone{}, err
		}
		t := user.NewTombstone(id, base, s)
		_, err := u.put(ctx, user.Record{Tombstone: &t, Deletions: d}, cond, base)
		switch {
		case err == nil:
			return t, nil
		case !errors.As(err, &failed):
			return user.Tombstone{}, err
		}
		current := failed.Current
		switch {
		case current.isTombstone() && current.writtenBy(s.RequestID): // an earlier attempt was applied; its response was lost
			return current.tombstone(), nil
		case failed.Ambiguous && current.version() >= t.Version:
			// An earlier attempt may have been applied and overwritten: the outcome is unknown.
			return user.Tombstone{}, failed
		}
		if err := cond.Check(current.version(), current.isProfile()); err != nil {
			return user.Tombstone{}, err
		}
		base = current.version()
	}
	return user.Tombstone{}, failed
}

// Restore writes r, a record from a backup, unless the table has the same version or a newer one under its id. It
// reports whether it wrote.
func (u *Users) Restore(ctx context.Context, r user.Record) (restored bool, err error) {
	_, err = u.put(ctx, r, domain.Condition{}, 0)
	var failed *ConditionFailedError[userItem]
	if !errors.As(err, &failed) {
		return err == nil, err
	}
	// After a lost response, the current record may be the one that this call wrote.
	return failed.Ambiguous && failed.Current.version() == r.Version() && failed.Current.RequestID == r.RequestID(), nil
}

// put writes r if the stored item is absent or has a lower version, and satisfies cond. base is the value of :ifMatch if
// cond has versions.
func (u *Users) put(ctx context.Context, r user.Record, cond domain.Condition, base domain.Version) (old *userItem, err error) {
	stored, err := itemOf(r)
	if err != nil {
		return nil, u.table.wrapError("PutItem", err)
	}
	condition, values := newerCondition(cond), attributes{":version": integer(int64(r.Version()))}
	if _, ok := cond.Versions(); ok {
		values[":ifMatch"] = integer(int64(base))
	}
	return u.table.put(ctx, &dynamodb.PutItemInput{
		Item: stored, ConditionExpression: &condition, ExpressionAttributeValues: values,
	})
}
