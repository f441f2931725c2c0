package dynamo

import (
	"encoding/json"
	"errors"
	"fmt"

	"rental.example/adapters/rawjson"
	"rental.example/domain/user"
)

// StreamEvent is the event that Lambda sends for a table's stream. Its records are raw, so that a malformed one does not
// fail the others; parse each with ParseUserChange.
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
type StreamEvent struct {
	Records []json.RawMessage `json:"Records"`
}

// UserChange is a write to the users table, with the record before and after it.
type UserChange struct {
	EventID        string // the same for each delivery of the record
	SequenceNumber string // the record's position in the stream, which batchItemFailures report
	Before, After  user.Record
}

// ParseUserChange parses a record of the users table's stream. The stream must have both images (NEW_AND_OLD_IMAGES).
//
// An error means that the record is malformed, so that a retry cannot succeed. It names the attribute, and has no values,
// which may be personal. The EventID and SequenceNumber are returned with it if they are readable.
func ParseUserChange(record json.RawMessage) (UserChange, error) {
	r, err := readStreamRecord(record)
	c := UserChange{EventID: unquote(r.eventID), SequenceNumber: unquote(r.sequenceNumber)}
	if err == nil {
		c.Before, c.After, err = r.records()
	}
	if err != nil {
		return UserChange{EventID: c.EventID, SequenceNumber: c.SequenceNumber}, fmt.Errorf("dynamo: stream record: %w", err)
	}
	return c, nil
}

// The values of a stream record.
const (
	eventSource = "aws:dynamodb"
	viewType    = "NEW_AND_OLD_IMAGES"
	inserted    = "INSERT"
	modified    = "MODIFY"
	removed     = "REMOVE"
)

// streamRecord has the members of a stream record as raw JSON, empty for absent ones.
type streamRecord struct {
	eventID, eventName, eventSource                    string
	sequenceNumber, viewType, keys, oldImage, newImage string
}

// readStreamRecord reads all members that are readable, and checks all but the contents of the images.
func readStreamRecord(data []byte) (r streamRecord, err error) {
	record := rawjson.TrimSpace(string(data))
	if !rawjson.Valid(data) || rawjson.Kind(record) != '{' {
		return r, errors.New("is not a JSON object")
	}
	var change string
	readMembers(record, map[string]*string{
		"eventID": &r.eventID, "eventName": &r.eventName, "eventSource": &r.eventSource, "dynamodb": &change,
	})
	readMembers(change, map[string]*string{
		"SequenceNumber": &r.sequenceNumber, "StreamViewType": &r.viewType, "Keys": &r.keys,
		"OldImage": &r.oldImage, "NewImage": &r.newImage,
	})
	return r, r.check()
}

// readMembers stores the raw members of an object in fields by name.
func readMembers(object string, fields map[string]*string) {
	for name, value := range rawjson.Members(object) {
		if field := fields[name]; field != nil {
			*field = value
		}
	}
}

func (r *streamRecord) check() error {
	switch {
	case unquote(r.eventSource) != eventSource:
		return errors.New("eventSource is not " + eventSource)
	case unquote(r.eventID) == "":
		return errors.New("has no eventID")
	case unquote(r.sequenceNumber) == "":
		return errors.New("has no SequenceNumber")
	case unquote(r.viewType) != viewType:
		return errors.New("the StreamViewType is not " + viewType)
	}
	var wantOld, wantNew bool
	switch unquote(r.eventName) {
	case inserted:
		wantNew = true
	case modified:
		wantOld, wantNew = true, true
	case removed:
		wantOld = true
	default:
		return errors.New("eventName is not " + inserted + ", " + modified + " or " + removed)
	}
	if (r.oldImage != "") != wantOld || (r.newImage != "") != wantNew {
		return errors.New("images do not match eventName")
	}
	return nil
}

// records returns the records of the images, both of which must have the id of Keys.
func (r *streamRecord) records() (before, after user.Record, err error) {
	key, err := readImage(r.keys)
	if err != nil {
		return before, after, fmt.Errorf("the Keys: %w", err)
	}
	if before, err = imageRecord(r.oldImage, key.ID); err != nil {
		return before, after, fmt.Errorf("the OldImage: %w", err)
	}
	if after, err = imageRecord(r.newImage, key.ID); err != nil {
		return before, after, fmt.Errorf("the NewImage: %w", err)
	}
	return before, after, nil
}

// imageRecord returns the record of an image, which must have the id; the zero Record for an absent image.
func imageRecord(image, id string) (user.Record, error) {
	if image == "" {
		return user.Record{}, nil
	}
	i, err := readImage(image)
	switch {
	case err != nil:
		return user.Record{}, err
	case i.ID != id:
		return user.Record{}, errors.New("id is not that of Keys")
	}
	return i.record()
}

// unquote returns the string of a JSON value, empty if it is not a string.
func unquote(value string) string {
	s, _ := rawjson.Unquote(value)
	return s
}
