package dynamo

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Record returns the stream record of c, as Lambda sends it and ParseChange parses it, for local runs and tests. encode
// returns the item of a record, nil for the zero R. at is the time of the write, to the second. The region and the account
// are examples.
func (c Change[R]) Record(table string, keys KeyNames, at time.Time, encode func(R) (Attributes, error)) (json.RawMessage, error) {
	before, err := encodeImage(c.Before, encode)
	if err != nil {
		return nil, err
	}
	after, err := encodeImage(c.After, encode)
	if err != nil {
		return nil, err
	}
	eventName, current := modified, after
	switch {
	case before == nil && after == nil:
		return nil, errors.New("dynamo: a change needs a record before or after it")
	case before == nil:
		eventName = inserted
	case after == nil:
		eventName, current = removed, before
	}
	key := image{keys.Partition: current[keys.Partition]}
	if keys.Sort != "" {
		key[keys.Sort] = current[keys.Sort]
	}
	change := map[string]any{
		"ApproximateCreationDateTime": at.Unix(), "Keys": key, "SequenceNumber": c.SequenceNumber,
		"StreamViewType": viewType, "SizeBytes": key.size() + before.size() + after.size(),
	}
	if before != nil {
		change["OldImage"] = before
	}
	if after != nil {
		change["NewImage"] = after
	}
	return json.Marshal(map[string]any{
		"eventID": c.EventID, "eventName": eventName, "eventVersion": "1.1", "eventSource": eventSource, "awsRegion": "us-east-1",
		"dynamodb":       change,
		"eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/" + table + "/stream/2026-01-01T00:00:00.000",
	})
}

// image is an item with each attribute's type: {"id": {"S": "..."}}.
type image map[string]map[string]any

// encodeImage returns the image of a record, nil for the zero R.
func encodeImage[R any](record R, encode func(R) (Attributes, error)) (image, error) {
	item, err := encode(record)
	if err != nil || item == nil {
		return nil, err
	}
	encoded := make(image, len(item))
	for name, a := range item {
		switch a := a.(type) {
		case *types.AttributeValueMemberS:
			encoded[name] = map[string]any{"S": a.Value}
		case *types.AttributeValueMemberN:
			encoded[name] = map[string]any{"N": a.Value}
		case *types.AttributeValueMemberBOOL:
			encoded[name] = map[string]any{"BOOL": a.Value}
		default:
			return nil, fmt.Errorf("dynamo: attribute %s is a %T", name, a)
		}
	}
	return encoded, nil
}

// size returns the size of an item in bytes: a number has a byte for two digits, and one more.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func (i image) size() (size int) {
	for name, value := range i {
		size += len(name)
		for kind, content := range value {
			switch text, _ := content.(string); kind {
			case "S":
				size += len(text)
			case "N":
				size += (len(text)+1)/2 + 1
			default:
				size++
			}
		}
	}
	return size
}
