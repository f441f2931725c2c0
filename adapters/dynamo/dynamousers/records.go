package dynamousers

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
	"rental.example/domain/user"
)

var _ user.RecordStore = (*Store)(nil)

// Scan implements user.RecordStore, with strongly consistent reads: the event of a recent write may be the lost one.
func (s *Store) Scan(ctx context.Context, after string, limit int) (user.ScanPage, error) {
	var cursor *item
	if after != "" {
		id, err := decodeScanCursor(after)
		if err != nil {
			return user.ScanPage{}, err
		}
		cursor = &item{ID: id}
	}
	found, err := s.table.Scan(ctx, cursor, limit)
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
func (s *Store) BumpVersion(ctx context.Context, r user.Record, stamp domain.Stamp) (user.Record, error) {
	bumped := r.Bumped(stamp)
	update, values := "SET version = :version, requestId = :requestId", dynamo.Attributes{
		":base": dynamo.Integer(r.Version()), ":version": dynamo.Integer(bumped.Version()),
		":requestId": dynamo.String(bumped.RequestID()),
	}
	if t := bumped.Tombstone; t != nil { // its expiry depends on its version
		update += ", deletedVersion = :version, expiresAt = :expiresAt"
		values[":expiresAt"] = dynamo.Integer(t.ExpiresAt().Unix())
	}
	_, err := s.table.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		Key: dynamo.Attributes{"id": dynamo.String(r.ID())}, UpdateExpression: &update,
		ConditionExpression: aws.String("version = :base"), ExpressionAttributeValues: values,
	})
	if err == nil {
		return bumped, nil
	}
	_, own, unresolved := s.resolve(err, bumped.Version(), func(i *item) bool {
		return i.version() == bumped.Version() && i.writtenBy(stamp.RequestID)
	})
	switch {
	case unresolved != nil:
		return user.Record{}, unresolved
	case own:
		return bumped, nil
	}
	return user.Record{}, errChanged
}

var errChanged = fmt.Errorf("dynamo: record has changed: %w", domain.ErrConflict)
