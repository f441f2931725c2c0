package dynamo

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/domain"
	"rental.example/domain/user"
)

var _ user.RecordStore = (*Users)(nil)

// Scan implements user.RecordStore, with strongly consistent reads: the event of a recent write may be the lost one.
func (u *Users) Scan(ctx context.Context, after string, limit int) (user.ScanPage, error) {
	var cursor *userItem
	if after != "" {
		id, err := decodeScanCursor(after)
		if err != nil {
			return user.ScanPage{}, err
		}
		cursor = &userItem{ID: id}
	}
	found, err := u.table.Scan(ctx, cursor, limit)
	if err != nil {
		return user.ScanPage{}, err
	}
	page := user.ScanPage{Records: make([]user.Record, 0, len(found.Records))}
	for _, i := range found.Records {
		if r, err := i.record(); err == nil {
			page.Records = append(page.Records, r)
		} else {
			page.Unreadable = append(page.Unreadable, i.ID)
		}
	}
	for _, i := range found.Undecodable {
		page.Unreadable = append(page.Unreadable, i.ID)
	}
	if found.Next != nil {
		page.Next, err = encodeScanCursor(found.Next.ID)
	}
	return page, err
}

// scanCursor is the JSON of a ScanPage's Next: a cursor after the record ID.
type scanCursor struct {
	Format int    `json:"v"`
	ID     string `json:"id"`
}

const scanFormat = 1

func encodeScanCursor(id string) (string, error) {
	data, err := json.Marshal(scanCursor{Format: scanFormat, ID: id})
	return base64.RawURLEncoding.EncodeToString(data), err
}

var errScanCursor = fmt.Errorf("dynamo: invalid scan cursor: %w", domain.ErrInvalid)

// decodeScanCursor rejects any text that encodeScanCursor does not return.
func decodeScanCursor(text string) (id string, err error) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", errScanCursor
	}
	var p scanCursor
	if json.Unmarshal(data, &p) != nil || !isKey(p.ID) {
		return "", errScanCursor
	}
	if canonical, err := encodeScanCursor(p.ID); err != nil || canonical != text {
		return "", errScanCursor
	}
	return p.ID, nil
}

// BumpVersion implements user.RecordStore. Each version is written once, so a condition on the version covers the record.
func (u *Users) BumpVersion(ctx context.Context, r user.Record, stamp domain.Stamp) (user.Record, error) {
	bumped := r.Bumped(stamp)
	update, values := "SET version = :version, requestId = :requestId", attributes{
		":base": integer(int64(r.Version())), ":version": integer(int64(bumped.Version())), ":requestId": text(bumped.RequestID()),
	}
	if t := bumped.Tombstone; t != nil { // its expiry depends on its version
		update += ", deletedVersion = :version, expiresAt = :expiresAt"
		values[":expiresAt"] = integer(t.ExpiresAt().Unix())
	}
	_, err := u.table.update(ctx, &dynamodb.UpdateItemInput{
		Key: attributes{"id": text(string(r.ID()))}, UpdateExpression: &update,
		ConditionExpression: aws.String("version = :base"), ExpressionAttributeValues: values,
	})
	if err == nil {
		return bumped, nil
	}
	var failed *ConditionFailedError[userItem]
	if !errors.As(err, &failed) {
		return user.Record{}, err
	}
	current := failed.Current
	switch {
	case current != nil && current.version() == bumped.Version() && current.writtenBy(stamp.RequestID):
		return bumped, nil // an earlier attempt was applied; its response was lost
	case failed.Ambiguous && current.version() >= bumped.Version():
		// An earlier attempt may have been applied and overwritten: the outcome is unknown.
		return user.Record{}, failed
	}
	return user.Record{}, errChanged
}

var errChanged = fmt.Errorf("dynamo: record has changed: %w", domain.ErrConflict)
