package dynamo

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/domain"
	"rental.example/domain/user"
)

// Users is the user.Store in a table of UsersSchema, and its user.RecordStore.
//
// A profile is one item, and so is the tombstone that replaces it. Every write is one request that is
// conditional on the version it follows; the answer to a failed condition holds what is there instead,
// so no write needs a read before it.
type Users struct {
	table  *Table[userRecord]
	listed string   // the index that List reads
	saves  sync.Map // of form: the Statement that saves
}

var _ user.Store = (*Users)(nil)

// NewUsers is the store in the table called tableName.
func NewUsers(client API, tableName string) *Users {
	return &Users{table: NewTable[userRecord](client, tableName, KeyNames{Partition: "id"}), listed: listIndex}
}

// Get implements user.Store.
func (u *Users) Get(ctx context.Context, id domain.UserID) (user.Profile, error) {
	r, err := u.table.Get(ctx, Key{Partition: string(id)})
	if err != nil {
		return user.Profile{}, err
	}
	if !r.isProfile() {
		return user.Profile{}, domain.ErrNotFound
	}
	return r.profile(), nil
}

// Ping reads the record of an id that nobody has, which costs one read unit. It returns an error if the table does not
// respond as it should.
func (u *Users) Ping(ctx context.Context) error {
	if _, err := u.table.Get(ctx, Key{Partition: "-"}); !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	return nil
}

// Save implements user.Store.
func (u *Users) Save(ctx context.Context, p user.Profile, cond domain.Condition) (user.Profile, bool, error) {
	var created bool
	least := p.Version // of a write over nothing; what an attempt in vain was over, a client may have made up
	ours := func(r userRecord) bool { return r.isProfile() && r.RequestID == p.RequestID }
	write := func(over domain.Version, cond domain.Condition) (domain.Version, error) {
		p.Version = max(least, over+1)
		p.UpdatedAt = p.Version.Time()
		old, err := u.set(ctx, p, user.DayOf(least.Time()), cond)
		created = old == nil || !old.isProfile()
		p.CreatedAt = p.Version.Time()
		if !created {
			p.CreatedAt = domain.Version(*old.CreatedAt).Time()
		}
		return p.Version, err
	}
	check := func(cond domain.Condition, present *userRecord) error {
		if err := cond.Check(present.version(), present.isProfile()); err != nil {
			return err
		}
		if !present.isProfile() && present.count().Exhausted(least.Time()) {
			return user.ErrTooManyDeletions
		}
		return nil
	}
	settled, err := u.write(ctx, cond, p.RequestID, write, ours, check)
	if err != nil {
		return user.Profile{}, false, err
	}
	if settled != nil {
		return settled.profile(), *settled.CreatedAt == settled.Version, nil
	}
	return p, created, nil
}

// set writes p on a day if cond holds, by a statement that is kept from one write to the next. It returns what was there.
func (u *Users) set(ctx context.Context, p user.Profile, day int64, cond domain.Condition) (old *userRecord, err error) {
	shape := formOf(cond, p.RequestID)
	kept, ok := u.saves.Load(shape)
	if !ok {
		if kept, err = Prepare(setProfile(), saveable(shape)); err != nil {
			return nil, err
		}
		u.saves.Store(shape, kept)
	}
	value := func(name string) attribute {
		switch name {
		case wanted:
			versions, _ := cond.Versions()
			return integer(int64(versions[0]))
		case today:
			return integer(day)
		}
		for _, a := range profileAttributes {
			if a.name == name {
				return a.of(p)
			}
		}
		return nil
	}
	return u.table.Execute(ctx, Key{Partition: string(p.ID)}, kept.(Statement), value, types.ReturnValueAllOld)
}

// Delete implements user.Store.
func (u *Users) Delete(ctx context.Context, id domain.UserID, cond domain.Condition, s domain.Stamp) (user.Tombstone, error) {
	present, err := u.table.Get(ctx, Key{Partition: string(id)}) // for how often it was deleted
	if err != nil {
		return user.Tombstone{}, err
	}
	deletions := present.count().Next(s.Time)
	var buried user.Tombstone
	ours := func(r userRecord) bool { return !r.isProfile() && r.RequestID == s.RequestID }
	write := func(over domain.Version, cond domain.Condition) (domain.Version, error) {
		buried = user.NewTombstone(id, over, s)
		_, err := u.table.Put(ctx, recordOfTombstone(buried, deletions), deletable(buried, cond))
		return buried.Version, err
	}
	check := func(cond domain.Condition, present *userRecord) error {
		if !present.isProfile() {
			return domain.ErrNotFound
		}
		return cond.Check(present.version(), true)
	}
	settled, err := u.write(ctx, cond, s.RequestID, write, ours, check)
	if err != nil {
		return user.Tombstone{}, err
	}
	if settled != nil {
		return settled.tombstone(), nil
	}
	return buried, nil
}

const (
	writeAttempts = 8
	writeBackoff  = 5 * time.Millisecond // before the first repetition at most; doubled for each one
)

// write repeats a write, each time over the version that the one before was found to be behind, until
// it goes through or the record that is there settles it: as our own write whose answer was lost, or
// by not satisfying cond. It returns the record if that is ours.
func (u *Users) write(ctx context.Context, cond domain.Condition, requestID string,
	write func(over domain.Version, cond domain.Condition) (domain.Version, error),
	ours func(userRecord) bool,
	check func(domain.Condition, *userRecord) error,
) (settled *userRecord, err error) {
	over, narrowed := narrow(cond, nil)
	for attempt := range writeAttempts {
		if err := domain.Backoff(ctx, attempt, writeBackoff); err != nil {
			return nil, err
		}
		var tried domain.Version
		tried, err = write(over, narrowed)
		var failed *ConditionFailedError[userRecord]
		if !errors.As(err, &failed) {
			return nil, err
		}
		present := failed.Current
		if present != nil && requestID != "" && ours(*present) {
			return present, nil
		}
		// A write that took effect left its version behind, and later ones only higher ones.
		if failed.Unsure && present != nil && present.Version >= int64(tried) {
			return nil, err
		}
		if err := check(cond, present); err != nil {
			return nil, err
		}
		over, narrowed = narrow(cond, present)
	}
	return nil, err
}

// narrow turns a list of versions into the one that can hold: the present one, or at first any. A
// request takes no more than 100 in a condition, and a client may send more than that.
func narrow(cond domain.Condition, present *userRecord) (over domain.Version, narrowed domain.Condition) {
	versions, ok := cond.Versions()
	switch {
	case !ok:
		return present.version(), cond
	case present != nil:
		over = present.version()
	case len(versions) > 0:
		over = versions[0]
	}
	return over, domain.MustBe(over)
}
