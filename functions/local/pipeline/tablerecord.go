package pipeline

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"rental.example/functions/local/sandbox"
)

// streamRecord is a record of a stream as Lambda sends it.
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
type streamRecord struct {
	EventID        string          `json:"eventID"`
	EventName      string          `json:"eventName"`
	EventVersion   string          `json:"eventVersion"`
	EventSource    string          `json:"eventSource"`
	AWSRegion      string          `json:"awsRegion"`
	Change         streamChange    `json:"dynamodb"`
	UserIdentity   *streamIdentity `json:"userIdentity,omitempty"`
	EventSourceARN string          `json:"eventSourceARN"`
}

type streamChange struct {
	Created        int64                     `json:"ApproximateCreationDateTime"` // seconds since 1970
	Keys           map[string]attributeValue `json:"Keys"`
	NewImage       map[string]attributeValue `json:"NewImage,omitempty"`
	OldImage       map[string]attributeValue `json:"OldImage,omitempty"`
	SequenceNumber string                    `json:"SequenceNumber"`
	SizeBytes      int64                     `json:"SizeBytes"`
	StreamViewType string                    `json:"StreamViewType"`
}

type streamIdentity struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId"`
}

func newRecord(arn string, r types.Record) (Record, error) {
	d := r.Dynamodb
	if d == nil || d.SequenceNumber == nil || d.ApproximateCreationDateTime == nil {
		return Record{}, fmt.Errorf("the stream gave a record without its place or time, eventID %q", aws.ToString(r.EventID))
	}
	out := streamRecord{
		EventID: aws.ToString(r.EventID), EventName: string(r.EventName), EventVersion: aws.ToString(r.EventVersion),
		EventSource: aws.ToString(r.EventSource), AWSRegion: sandbox.Region, EventSourceARN: arn,
		Change: streamChange{
			Created: d.ApproximateCreationDateTime.Unix(), Keys: attributeValues(d.Keys),
			NewImage: attributeValues(d.NewImage), OldImage: attributeValues(d.OldImage),
			SequenceNumber: *d.SequenceNumber, SizeBytes: aws.ToInt64(d.SizeBytes), StreamViewType: string(d.StreamViewType),
		},
	}
	if who := r.UserIdentity; who != nil {
		out.UserIdentity = &streamIdentity{Type: aws.ToString(who.Type), PrincipalID: aws.ToString(who.PrincipalId)}
	}
	data, err := json.Marshal(out)
	if err != nil {
		return Record{}, fmt.Errorf("record %s: %w", *d.SequenceNumber, err)
	}
	return Record{Sequence: *d.SequenceNumber, Arrived: *d.ApproximateCreationDateTime, Data: data}, nil
}

// attributeValue is a value of an item, as JSON under the name of its type.
type attributeValue struct{ types.AttributeValue }

func attributeValues(item map[string]types.AttributeValue) map[string]attributeValue {
	values := make(map[string]attributeValue, len(item))
	for name, v := range item {
		values[name] = attributeValue{v}
	}
	return values
}

// MarshalJSON implements json.Marshaler.
func (a attributeValue) MarshalJSON() ([]byte, error) {
	var name string
	var value any
	switch v := a.AttributeValue.(type) {
	case *types.AttributeValueMemberS:
		name, value = "S", v.Value
	case *types.AttributeValueMemberN:
		name, value = "N", v.Value
	case *types.AttributeValueMemberB:
		name, value = "B", v.Value
	case *types.AttributeValueMemberBOOL:
		name, value = "BOOL", v.Value
	case *types.AttributeValueMemberNULL:
		name, value = "NULL", v.Value
	case *types.AttributeValueMemberSS:
		name, value = "SS", v.Value
	case *types.AttributeValueMemberNS:
		name, value = "NS", v.Value
	case *types.AttributeValueMemberBS:
		name, value = "BS", v.Value
	case *types.AttributeValueMemberM:
		name, value = "M", attributeValues(v.Value)
	case *types.AttributeValueMemberL:
		list := make([]attributeValue, len(v.Value))
		for i, element := range v.Value {
			list[i] = attributeValue{element}
		}
		name, value = "L", list
	default:
		return nil, fmt.Errorf("attribute of an unknown type %T", v)
	}
	return json.Marshal(map[string]any{name: value})
}
