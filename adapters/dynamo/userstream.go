package dynamo

import (
	"encoding/json"
	"errors"
	"fmt"

	"rental.example/adapters/rawjson"
	"rental.example/domain/user"
)

// StreamEvent is what Lambda sends of a table's stream. Its records are left as they are, so that one that
// makes no sense does not take the others with it: each is for ParseUserChange.
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
type StreamEvent struct {
	Records []json.RawMessage `json:"Records"`
}

// UserChange is one write to the users table: what was there before it and what after.
type UserChange struct {
	EventID        string // the same each time that the record is delivered
	SequenceNumber string // its place in the stream, by which a batch's failure is told
	Before, After  user.Record
}

// ParseUserChange reads a record of the users table's stream, which has to hold both images
// (NEW_AND_OLD_IMAGES). Profiles and tombstones are complete: all that Users keeps of them.
//
// Any error means that the record can never be read, and says what is wrong where, without a value: those
// may be personal. EventID and SequenceNumber are then set as far as they could be read.
func ParseUserChange(record json.RawMessage) (UserChange, error) {
	r, err := readStreamRecord(record)
	var c UserChange
	c.EventID, _ = rawjson.Unquote(r.eventID)
	c.SequenceNumber, _ = rawjson.Unquote(r.sequenceNumber)
	if err == nil {
		c.Before, c.After, err = r.states()
	}
	if err != nil {
		return UserChange{EventID: c.EventID, SequenceNumber: c.SequenceNumber}, fmt.Errorf("dynamo: stream record: %w", err)
	}
	return c, nil
}

// What a record has to say of itself.
const (
	eventSource = "aws:dynamodb"
	viewType    = "NEW_AND_OLD_IMAGES"
	inserted    = "INSERT"
	modified    = "MODIFY"
	removed     = "REMOVE"
)

// streamRecord is the members of a record that count, as they are written; empty where there is none.
type streamRecord struct {
	eventID, eventName, eventSource, change            string
	sequenceNumber, viewType, keys, oldImage, newImage string
}

// readStreamRecord reads as much as there is, and then checks all but what is in the images.
func readStreamRecord(data []byte) (r streamRecord, err error) {
	record := rawjson.TrimSpace(string(data))
	if !rawjson.Valid(data) || rawjson.Kind(record) != '{' {
		return r, errors.New("is not a JSON object")
	}
	r.readEnvelope(record)
	r.readChange(r.change)
	return r, r.check()
}

func (r *streamRecord) readEnvelope(object string) {
	for name, value := range rawjson.Members(object) {
		switch name {
		case "eventID":
			r.eventID = value
		case "eventName":
			r.eventName = value
		case "eventSource":
			r.eventSource = value
		case "dynamodb":
			r.change = value
		}
	}
}

func (r *streamRecord) readChange(object string) {
	for name, value := range rawjson.Members(object) {
		switch name {
		case "SequenceNumber":
			r.sequenceNumber = value
		case "StreamViewType":
			r.viewType = value
		case "Keys":
			r.keys = value
		case "OldImage":
			r.oldImage = value
		case "NewImage":
			r.newImage = value
		}
	}
}

func (r *streamRecord) check() error {
	switch {
	case !says(r.eventSource, eventSource):
		return errors.New("eventSource is not " + eventSource)
	case !saysSomething(r.eventID):
		return errors.New("has no eventID")
	case !saysSomething(r.sequenceNumber):
		return errors.New("has no SequenceNumber")
	case !says(r.viewType, viewType):
		return errors.New("the StreamViewType is not " + viewType)
	}
	return r.checkImages()
}

// checkImages holds the images that there are against the name of the event.
func (r *streamRecord) checkImages() error {
	before, after := r.oldImage != "", r.newImage != ""
	name, _ := rawjson.Unquote(r.eventName)
	var whole bool
	switch name {
	case inserted:
		whole = after && !before
	case modified:
		whole = after && before
	case removed:
		whole = before && !after
	default:
		return errors.New("eventName is not " + inserted + ", " + modified + " or " + removed)
	}
	if !whole {
		return errors.New("has other images than its eventName needs")
	}
	return nil
}

// states are what the images stand for. Both have to be of the record under the key.
func (r *streamRecord) states() (before, after user.Record, err error) {
	key, err := readImage(r.keys)
	if err != nil {
		return before, after, fmt.Errorf("the Keys: %w", err)
	}
	if before, err = stateOf(r.oldImage, key.ID); err != nil {
		return before, after, fmt.Errorf("the OldImage: %w", err)
	}
	if after, err = stateOf(r.newImage, key.ID); err != nil {
		return before, after, fmt.Errorf("the NewImage: %w", err)
	}
	return before, after, nil
}

func stateOf(image, id string) (user.Record, error) {
	if image == "" {
		return user.Record{}, nil
	}
	record, err := readImage(image)
	if err != nil {
		return user.Record{}, err
	}
	if record.ID != id {
		return user.Record{}, errors.New("id is not that of Keys")
	}
	return record.state()
}

// says reports whether value is the string want.
func says(value, want string) bool {
	text, ok := rawjson.Unquote(value)
	return ok && text == want
}

// saysSomething reports whether value is a string, and not an empty one.
func saysSomething(value string) bool {
	text, _ := rawjson.Unquote(value)
	return text != ""
}
