package dynamo

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/domain/user"
)

// lambdaRecord is a stream record as Lambda sends it.
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
	StreamViewType              string
}

// lambdaImage is an item, each attribute with its type: {"id": {"S": "..."}}.
type lambdaImage map[string]map[string]any

// Record returns the stream record of c, as Lambda sends it and ParseUserChange parses it. Its time is that of the newer
// version; its region and table are examples.
func (c UserChange) Record() (json.RawMessage, error) {
	before, err := imageOf(c.Before)
	if err != nil {
		return nil, err
	}
	after, err := imageOf(c.After)
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
	return json.Marshal(lambdaRecord{
		EventID: c.EventID, EventName: eventName, EventVersion: "1.1", EventSource: eventSource, AWSRegion: "us-east-1",
		Change: lambdaChange{
			ApproximateCreationDateTime: max(c.Before.Version(), c.After.Version()).Time().Unix(),
			Keys:                        lambdaImage{"id": {"S": string(id)}}, NewImage: after, OldImage: before,
			SequenceNumber: c.SequenceNumber, StreamViewType: viewType,
		},
		EventSourceARN: "arn:aws:dynamodb:us-east-1:123456789012:table/users/stream/2026-01-01T00:00:00.000",
	})
}

// imageOf returns the image of r, nil if it is zero.
func imageOf(r user.Record) (image lambdaImage, err error) {
	stored, err := itemOf(r)
	if err != nil || stored == nil {
		return nil, err
	}
	image = make(lambdaImage, len(stored))
	for name, a := range stored {
		switch a := a.(type) {
		case *types.AttributeValueMemberS:
			image[name] = map[string]any{"S": a.Value}
		case *types.AttributeValueMemberN:
			image[name] = map[string]any{"N": a.Value}
		case *types.AttributeValueMemberBOOL:
			image[name] = map[string]any{"BOOL": a.Value}
		default:
			return nil, fmt.Errorf("dynamo: attribute %s is a %T", name, a)
		}
	}
	return image, nil
}
