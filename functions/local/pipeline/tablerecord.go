package pipeline

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"rental.example/functions/local/sandbox"
)

// newTableRecord converts a record of the Streams API to the one that Lambda sends.
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
func newTableRecord(arn string, r types.Record) (Record, error) {
	d := r.Dynamodb
	if d == nil || d.SequenceNumber == nil || d.ApproximateCreationDateTime == nil {
		return Record{}, fmt.Errorf("stream record without sequence number or time, eventID %q", aws.ToString(r.EventID))
	}
	out := events.DynamoDBEventRecord{
		EventID: aws.ToString(r.EventID), EventName: string(r.EventName), EventVersion: aws.ToString(r.EventVersion),
		EventSource: aws.ToString(r.EventSource), AWSRegion: sandbox.Region, EventSourceArn: arn,
		Change: events.DynamoDBStreamRecord{
			ApproximateCreationDateTime: events.SecondsEpochTime{Time: d.ApproximateCreationDateTime.Truncate(time.Second)},
			Keys:                        attributeValues(d.Keys), NewImage: attributeValues(d.NewImage), OldImage: attributeValues(d.OldImage),
			SequenceNumber: *d.SequenceNumber, SizeBytes: aws.ToInt64(d.SizeBytes), StreamViewType: string(d.StreamViewType),
		},
	}
	if id := r.UserIdentity; id != nil {
		out.UserIdentity = &events.DynamoDBUserIdentity{Type: aws.ToString(id.Type), PrincipalID: aws.ToString(id.PrincipalId)}
	}
	data, err := json.Marshal(out)
	if err != nil {
		return Record{}, fmt.Errorf("record %s: %w", *d.SequenceNumber, err)
	}
	return Record{Sequence: *d.SequenceNumber, Arrived: *d.ApproximateCreationDateTime, Data: data}, nil
}

func attributeValues(item map[string]types.AttributeValue) map[string]events.DynamoDBAttributeValue {
	values := make(map[string]events.DynamoDBAttributeValue, len(item))
	for name, v := range item {
		values[name] = attributeValue(v)
	}
	return values
}

func attributeValue(v types.AttributeValue) events.DynamoDBAttributeValue {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return events.NewStringAttribute(v.Value)
	case *types.AttributeValueMemberN:
		return events.NewNumberAttribute(v.Value)
	case *types.AttributeValueMemberB:
		return events.NewBinaryAttribute(v.Value)
	case *types.AttributeValueMemberBOOL:
		return events.NewBooleanAttribute(v.Value)
	case *types.AttributeValueMemberSS:
		return events.NewStringSetAttribute(v.Value)
	case *types.AttributeValueMemberNS:
		return events.NewNumberSetAttribute(v.Value)
	case *types.AttributeValueMemberBS:
		return events.NewBinarySetAttribute(v.Value)
	case *types.AttributeValueMemberM:
		return events.NewMapAttribute(attributeValues(v.Value))
	case *types.AttributeValueMemberL:
		list := make([]events.DynamoDBAttributeValue, len(v.Value))
		for i, element := range v.Value {
			list[i] = attributeValue(element)
		}
		return events.NewListAttribute(list)
	}
	return events.NewNullAttribute()
}
