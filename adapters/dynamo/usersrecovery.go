package dynamo

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"rental.example/domain"
	"rental.example/domain/user"
)

// Erase leaves a tombstone in the place of whatever is under id, a profile, an older tombstone or nothing: the stream
// then has a deletion, so that everything else that belongs to id is removed, too. Delete refuses where there is no
// profile. Erasing again is harmless.
func (u *Users) Erase(ctx context.Context, id domain.UserID, s domain.Stamp) (user.Tombstone, error) {
	var buried user.Tombstone
	ours := func(r userRecord) bool { return !r.isProfile() && r.RequestID == s.RequestID }
	write := func(over domain.Version, _ domain.Condition) (domain.Version, error) {
		buried = user.NewTombstone(id, over, s)
		_, err := u.table.Put(ctx, recordOfTombstone(buried, user.Deletions{}), newerThanPresent(buried.Version))
		return buried.Version, err
	}
	always := func(domain.Condition, *userRecord) error { return nil }
	settled, err := u.write(ctx, domain.Condition{}, s.RequestID, write, ours, always)
	if err != nil {
		return user.Tombstone{}, err
	}
	if settled != nil {
		return settled.tombstone(), nil
	}
	return buried, nil
}

// Restore writes s, a record from a backup, unless the table has a record of the same version or a newer one under
// its id: a tombstone, too. It reports whether it wrote.
func (u *Users) Restore(ctx context.Context, s user.Record) (restored bool, err error) {
	stored, err := itemOf(s)
	if err != nil {
		return false, err
	}
	_, err = u.table.put(ctx, stored, newerThanPresent(s.Version()))
	var failed *ConditionFailedError[userRecord]
	switch {
	case err == nil:
		return true, nil
	case !errors.As(err, &failed):
		return false, err
	}
	// After an attempt whose response was lost, the record that refuses may be the one that it wrote.
	same := failed.Unsure && failed.Current.version() == s.Version() && failed.Current.RequestID == s.RequestID()
	return same, nil
}

// newerThanPresent is when a record of version v may replace what is there.
func newerThanPresent(v domain.Version) expression.ConditionBuilder {
	version := expression.Name("version")
	return version.AttributeNotExists().Or(version.LessThan(expression.Value(v)))
}
