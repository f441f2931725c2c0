package dynamo

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/domain/user"
)

// lambdaRecord is a record of a table's stream as Lambda sends it.
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
type lambdaRecord struct {
	EventID        string       `json:"eventID"`
	EventName      string       `json:"eventName"`
	EventVersion   string       `json:"eventVersion"`
	EventSource    string       `json:"eventSource"`
	AWSRegion      string       `json:"awsRegion"`
	Change         lambdaChange `json:"dynamodb"`
	EventSourceARN string       `json:"eventSourceARN"`
}

type lambdaChange struct {
	ApproximateCreationDateTime int64 // seconds since 1970
	Keys                        lambdaImage
	NewImage                    lambdaImage `json:",omitempty"`
	OldImage                    lambdaImage `json:",omitempty"`
	SequenceNumber              string
	SizeBytes                   int
	StreamViewType              string
}

// lambdaImage is attributes, each under its type: {"id": {"S": "..."}}.
type lambdaImage map[string]map[string]any

// Record is the record that Lambda would send of c, whole: ParseUserChange makes c of it again. Its time is
// that of the newer version, and its region and table are only examples.
func (c UserChange) Record() (json.RawMessage, error) {
	after, afterSize, err := imageOf(c.After)
	if err != nil {
		return nil, err
	}
	before, beforeSize, err := imageOf(c.Before)
	if err != nil {
		return nil, err
	}
	id := string(c.After.ID())
	switch {
	case before == nil && after == nil:
		return nil, errors.New("dynamo: a change of nothing has no record")
	case after == nil:
		id = string(c.Before.ID())
	}
	return json.Marshal(lambdaRecord{
		EventID: c.EventID, EventName: eventName(before, after), EventVersion: "1.1", EventSource: eventSource,
		AWSRegion: "us-east-1",
		Change: lambdaChange{
			ApproximateCreationDateTime: max(c.Before.Version(), c.After.Version()).Time().Unix(),
			Keys:                        lambdaImage{"id": {"S": id}}, NewImage: after, OldImage: before,
			SequenceNumber: c.SequenceNumber, SizeBytes: len("id") + len(id) + afterSize + beforeSize,
			StreamViewType: viewType,
		},
		EventSourceARN: "arn:aws:dynamodb:us-east-1:123456789012:table/users/stream/2026-01-01T00:00:00.000",
	})
}

func eventName(before, after lambdaImage) string {
	switch {
	case before == nil:
		return inserted
	case after == nil:
		return removed
	}
	return modified
}

// imageOf is s as the table holds it, and its size as DynamoDB counts it; nil where there is nothing.
func imageOf(s user.Record) (image lambdaImage, size int, err error) {
	stored, err := itemOf(s)
	if err != nil {
		return nil, 0, fmt.Errorf("dynamo: encoding an image: %w", err)
	}
	for name, a := range stored {
		typ, value, n := lambdaAttribute(a)
		if image == nil {
			image = make(lambdaImage, len(stored))
		}
		image[name] = map[string]any{typ: value}
		size += len(name) + n
	}
	return image, size, nil
}

// itemOf is the item that Users keeps of s.
func itemOf(s user.Record) (item, error) {
	switch {
	case s.Tombstone != nil:
		return attributevalue.MarshalMap(recordOfTombstone(*s.Tombstone, s.Deletions))
	case s.Profile == nil:
		return nil, nil
	}
	stored := item{"id": text(string(s.Profile.ID)), "createdAt": integer(s.Profile.CreatedAt.UnixMicro())}
	for _, a := range profileAttributes {
		stored[a.name] = a.of(*s.Profile)
	}
	if s.LastDeleted > 0 {
		stored["deletedVersion"] = integer(int64(s.LastDeleted))
	}
	if s.Deletions.Count > 0 {
		stored["deletions"], stored["deletionDay"] = integer(s.Deletions.Count), integer(s.Deletions.Day)
	}
	return stored, nil
}

// lambdaAttribute is the type, the value and the size of an attribute of userRecord. A number takes a byte for
// two digits, and one more.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func lambdaAttribute(a attribute) (typ string, value any, size int) {
	switch a := a.(type) {
	case *types.AttributeValueMemberS:
		return "S", a.Value, len(a.Value)
	case *types.AttributeValueMemberN:
		return "N", a.Value, (len(a.Value)+1)/2 + 1
	case *types.AttributeValueMemberBOOL:
		return "BOOL", a.Value, 1
	}
	return "NULL", true, 1
}
