package dynamo

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/domain"
	"rental.example/domain/user"
)

var _ user.RecordStore = (*Users)(nil)

// Scan implements user.RecordStore. It reads consistently: a record that was written just before is among those
// whose event may have been lost.
func (u *Users) Scan(ctx context.Context, after string, limit int) (user.ScanPage, error) {
	s := Scan[userRecord]{Consistent: true, Limit: limit}
	if after != "" {
		id, err := decodeScanPosition(after)
		if err != nil {
			return user.ScanPage{}, err
		}
		s.After = &userRecord{ID: id}
	}
	found, err := u.table.Scan(ctx, s)
	if err != nil {
		return user.ScanPage{}, err
	}
	page := user.ScanPage{Records: make([]user.Record, 0, len(found.Records))}
	for _, r := range found.Records {
		if state, err := r.state(); err == nil {
			page.Records = append(page.Records, state)
		} else {
			page.Unreadable = append(page.Unreadable, r.ID)
		}
	}
	for _, r := range found.Undecodable {
		page.Unreadable = append(page.Unreadable, r.ID)
	}
	if found.Next != nil {
		page.Next, err = encodeScanPosition(found.Next.ID)
	}
	return page, err
}

// scanPosition is the text of a Scanned's Next: behind the record ID.
type scanPosition struct {
	Format int    `json:"v"`
	ID     string `json:"id"`
}

const scanFormat = 1

func encodeScanPosition(id string) (string, error) {
	data, err := json.Marshal(scanPosition{Format: scanFormat, ID: id})
	return base64.RawURLEncoding.EncodeToString(data), err
}

var errScanPosition = fmt.Errorf("dynamo: not the end of a page: %w", domain.ErrInvalid)

// decodeScanPosition takes only the very text that encodeScanPosition makes.
func decodeScanPosition(text string) (id string, err error) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", errScanPosition
	}
	var p scanPosition
	if json.Unmarshal(data, &p) != nil || !isKey(p.ID) {
		return "", errScanPosition
	}
	if made, err := encodeScanPosition(p.ID); err != nil || made != text {
		return "", errScanPosition
	}
	return p.ID, nil
}

// BumpVersion implements user.RecordStore. A version names one state of a record, so it is the whole condition.
func (u *Users) BumpVersion(ctx context.Context, s user.Record, stamp domain.Stamp) (user.Record, error) {
	raised := s.Bumped(stamp)
	unchanged := expression.Name("version").Equal(expression.Value(int64(s.Version())))
	_, err := u.table.Update(ctx, Key{Partition: string(s.ID())}, setRaised(raised), unchanged, types.ReturnValueNone)
	if err == nil {
		return raised, nil
	}
	var failed *ConditionFailedError[userRecord]
	if !errors.As(err, &failed) {
		return user.Record{}, err
	}
	switch present := failed.Current; {
	case present == nil || present.version() < raised.Version():
		err = errChanged
	case present.version() == raised.Version() && stamp.RequestID != "" && present.RequestID == stamp.RequestID:
		return raised, nil
	case !failed.Unsure:
		err = errChanged
	}
	return user.Record{}, err
}

var errChanged = fmt.Errorf("dynamo: a record to raise has changed: %w", domain.ErrConflict)

// setRaised writes what is different in a raised record. A tombstone's life begins again, since it has to
// outlast its version.
func setRaised(raised user.Record) expression.UpdateBuilder {
	change := expression.
		Set(expression.Name("version"), expression.Value(int64(raised.Version()))).
		Set(expression.Name("requestId"), expression.Value(raised.RequestID()))
	if t := raised.Tombstone; t != nil {
		change = change.
			Set(expression.Name("deletedVersion"), expression.Value(int64(t.Version))).
			Set(expression.Name("expiresAt"), expression.Value(t.ExpiresAt().Unix()))
	}
	return change
}
