package dynamo

import (
	"encoding/json"
	"errors"
	"fmt"

	"rental.example/adapters/rawjson"
)

// StreamEvent is the event that Lambda sends for a table's stream. Its records are raw, so that a malformed one does not
// fail the others; parse each with ParseChange.
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
type StreamEvent struct {
	Records []json.RawMessage `json:"Records"`
}

// Change is a write to a table, with the record before and after it; the zero R for none.
type Change[R any] struct {
	EventID        string // the same for each delivery of the stream record
	SequenceNumber string // the position in the stream, which batchItemFailures report
	Before, After  R
}

// ParseChange parses a record of a table's stream, which must have both images (NEW_AND_OLD_IMAGES). decode returns the
// record of an image. Both images must have the keys of the stream record.
//
// An error means that the record is malformed, so that a retry cannot succeed. It names the attribute, and has no values,
// which may be personal. The EventID and SequenceNumber are returned with it if they are readable.
func ParseChange[R any](record json.RawMessage, keys KeyNames, decode func(Image) (R, error)) (Change[R], error) {
	r, err := readStreamRecord(record)
	id := Change[R]{EventID: unquote(r.eventID), SequenceNumber: unquote(r.sequenceNumber)}
	c := id
	if err == nil {
		c.Before, err = decodeImage(Image(r.oldImage), Image(r.keys), "OldImage", keys, decode)
	}
	if err == nil {
		c.After, err = decodeImage(Image(r.newImage), Image(r.keys), "NewImage", keys, decode)
	}
	if err != nil {
		return id, fmt.Errorf("dynamo: stream record: %w", err)
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

// decodeImage returns the record of an image, which must have the keys; the zero R for an absent image.
func decodeImage[R any](image, keys Image, name string, names KeyNames, decode func(Image) (R, error)) (R, error) {
	var none R
	switch {
	case image == "":
		return none, nil
	case rawjson.Kind(string(keys)) != '{':
		return none, errors.New("the Keys: is not an object")
	case rawjson.Kind(string(image)) != '{':
		return none, fmt.Errorf("the %s: is not an object", name)
	}
	for _, key := range []string{names.Partition, names.Sort} {
		if key != "" && !sameKey(keys.get(key), image.get(key)) {
			return none, fmt.Errorf("the %s: %s is not that of Keys", name, key)
		}
	}
	record, err := decode(image)
	if err != nil {
		return none, fmt.Errorf("the %s: %w", name, err)
	}
	return record, nil
}

// sameKey reports whether a and b are the same value of a type that a key can have.
func sameKey(a, b ImageValue) bool {
	for _, kind := range []string{"S", "N", "B"} {
		inA, errA := a.ofType(kind)
		inB, errB := b.ofType(kind)
		textA, okA := rawjson.Unquote(inA)
		textB, okB := rawjson.Unquote(inB)
		if errA == nil && errB == nil && okA && okB {
			return textA == textB
		}
	}
	return false
}

// unquote returns the string of a JSON value, empty if it is not a string.
func unquote(value string) string {
	s, _ := rawjson.Unquote(value)
	return s
}
