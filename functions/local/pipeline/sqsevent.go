package pipeline

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"rental.example/functions/local/sandbox"
	"rental.example/functions/local/template"
)

// sqsEvent is the event of Lambda for messages of a queue.
type sqsEvent struct {
	Records []sqsRecord `json:"Records"`
}

type sqsRecord struct {
	MessageID         string                  `json:"messageId"`
	ReceiptHandle     string                  `json:"receiptHandle"`
	Body              string                  `json:"body"`
	Attributes        map[string]string       `json:"attributes"`
	MessageAttributes map[string]sqsAttribute `json:"messageAttributes"`
	MD5OfBody         string                  `json:"md5OfBody"`
	EventSource       string                  `json:"eventSource"`
	EventSourceARN    string                  `json:"eventSourceARN"`
	AWSRegion         string                  `json:"awsRegion"`
}

type sqsAttribute struct {
	StringValue      string   `json:"stringValue"`
	StringListValues []string `json:"stringListValues"` // always empty
	BinaryListValues []string `json:"binaryListValues"` // always empty
	DataType         string   `json:"dataType"`
}

func newSQSEvent(queue string, batch []message) ([]byte, error) {
	event := sqsEvent{Records: make([]sqsRecord, len(batch))}
	for i, m := range batch {
		event.Records[i] = newSQSRecord(queue, m)
	}
	data, err := json.Marshal(event)
	if err != nil {
		return nil, fmt.Errorf("event of %s: %w", queue, err)
	}
	return data, nil
}

func newSQSRecord(queue string, m message) sqsRecord {
	sum := md5.Sum([]byte(m.body))
	r := sqsRecord{
		MessageID: m.id, ReceiptHandle: m.receipt, Body: m.body,
		Attributes: map[string]string{
			"ApproximateReceiveCount":          strconv.Itoa(m.receives),
			"SentTimestamp":                    milliseconds(m.sent),
			"SenderId":                         "AIDAIENQZJOLO23YVJ4VO",
			"ApproximateFirstReceiveTimestamp": milliseconds(m.received),
		},
		MessageAttributes: make(map[string]sqsAttribute, len(m.attributes)),
		MD5OfBody:         hex.EncodeToString(sum[:]),
		EventSource:       "aws:sqs", EventSourceARN: template.ARN("sqs", queue), AWSRegion: sandbox.Region,
	}
	if m.trace != "" {
		r.Attributes["AWSTraceHeader"] = m.trace
	}
	for name, a := range m.attributes {
		r.MessageAttributes[name] = sqsAttribute{
			StringValue: a.Value, DataType: a.Type, StringListValues: []string{}, BinaryListValues: []string{},
		}
	}
	return r
}

func milliseconds(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
