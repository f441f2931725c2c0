package dynamo

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/domain/user"
)

// Record returns the stream record of c, as Lambda sends it and ParseUserChange parses it. Its time is that of the newer
// version; its region and table are examples.
func (c UserChange) Record() (json.RawMessage, error) {
	before, beforeSize, err := imageOf(c.Before)
	if err != nil {
		return nil, err
	}
	after, afterSize, err := imageOf(c.After)
	if err != nil {
		return nil, err
	}
	id, eventName := c.After.ID(), modified
	switch {
	case before == nil && after == nil:
		return nil, errors.New("dynamo: a change needs a record before or after it")
	case before == nil:
		eventName = inserted
	case after == nil:
		id, eventName = c.Before.ID(), removed
	}
	change := map[string]any{
		"ApproximateCreationDateTime": max(c.Before.Version(), c.After.Version()).Time().Unix(), // seconds
		"Keys":                        image{"id": {"S": string(id)}}, "SequenceNumber": c.SequenceNumber, "StreamViewType": viewType,
		"SizeBytes": len("id") + len(id) + beforeSize + afterSize,
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
		"eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/users/stream/2026-01-01T00:00:00.000",
	})
}

// image is an item, each attribute with its type: {"id": {"S": "..."}}.
type image map[string]map[string]any

// imageOf returns the image of r, nil if it is zero, and its size in bytes: a number has a byte for two digits, and one more.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func imageOf(r user.Record) (encoded image, size int, err error) {
	stored, err := itemOf(r)
	if err != nil || stored == nil {
		return nil, 0, err
	}
	encoded = make(image, len(stored))
	for name, a := range stored {
		size += len(name)
		switch a := a.(type) {
		case *types.AttributeValueMemberS:
			encoded[name] = map[string]any{"S": a.Value}
			size += len(a.Value)
		case *types.AttributeValueMemberN:
			encoded[name] = map[string]any{"N": a.Value}
			size += (len(a.Value)+1)/2 + 1
		case *types.AttributeValueMemberBOOL:
			encoded[name] = map[string]any{"BOOL": a.Value}
			size++
		default:
			return nil, 0, fmt.Errorf("dynamo: attribute %s is a %T", name, a)
		}
	}
	return encoded, size, nil
}
