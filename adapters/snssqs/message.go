package snssqs

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
)

// Message is an event of a user as a queue delivers it.
type Message struct {
	Event         item.OwnerEvent // what it tells, all but when that was learned
	ID            string          // the event's own; the same each time it is told
	Type          string          // such as user.profile.updated.v1
	CorrelationID string          // the request that caused the event; empty when none did
	TraceID       string          // the X-Ray trace it was told in; empty without one
	ReceiveCount  int             // how often the queue has delivered it, this time included; 0: unknown
}

// LogAttrs is what logs say of a message; nothing personal.
func (m Message) LogAttrs() []slog.Attr { return logAttrs(m.CorrelationID, m.ID, m.Type) }

// received is an envelope of which nothing is believed. Members that it does not name are nobody's business.
type received struct {
	SpecVersion   string `json:"specversion"`
	ID            string `json:"id"`
	Source        string `json:"source"`
	Type          string `json:"type"`
	Subject       string `json:"subject"`
	CorrelationID any    `json:"correlationid"` // an extension, which must not matter to the event
	Data          *struct {
		UserID  string         `json:"userId"`
		Version domain.Version `json:"version"`
		Name    *string        `json:"name"`
		Ratings *float64       `json:"ratings"`
		Deleted domain.Version `json:"deletedVersion"`
	} `json:"data"`
}

// ParseOwnerEvent reads what a topic of users' events has sent to a queue, with raw message delivery. An error
// means that the message can never be read. It says why, and holds no value of the message; of the Message then
// only TraceID and ReceiveCount are set.
func ParseOwnerEvent(message events.SQSMessage) (Message, error) {
	m := Message{TraceID: traceRoot(message.Attributes["AWSTraceHeader"])}
	m.ReceiveCount, _ = strconv.Atoi(message.Attributes["ApproximateReceiveCount"])
	var r received
	if err := json.Unmarshal([]byte(message.Body), &r); err != nil {
		return m, errors.New("snssqs: message: is not the JSON of an event")
	}
	if err := r.check(message.Body); err != nil {
		return m, fmt.Errorf("snssqs: message: %w", err)
	}
	m.ID, m.Type = r.ID, r.Type
	if id, ok := r.CorrelationID.(string); ok {
		m.CorrelationID = CorrelationID(id)
	}
	m.Event = item.OwnerEvent{OwnerID: domain.UserID(r.Subject), Version: r.Data.Version, Deleted: r.deleted()}
	if !m.Event.Deleted {
		m.Event.Name, m.Event.Ratings, m.Event.LastDeleted = *r.Data.Name, *r.Data.Ratings, r.Data.Deleted
	}
	return m, nil
}

// check finds the first that is wrong with an envelope. JSON has no infinite ratings.
func (r *received) check(body string) error {
	_, err := domain.ParseUserID(r.Subject)
	switch {
	case r.SpecVersion == "" && notification(body):
		return errors.New("is wrapped in a notification of SNS: the subscription has to have raw message delivery")
	case r.SpecVersion != specVersion:
		return errors.New("has another specversion than " + specVersion)
	case !isEventID(r.ID):
		return errors.New("has no id of letters, digits, and the marks . _ : -")
	case r.Source != source:
		return errors.New("has a source that is not the users service")
	case !knownType(r.Type):
		return errors.New("is of a type that is not known here")
	case err != nil:
		return errors.New("has a subject that is no user's id")
	case r.Data == nil:
		return errors.New("has no data")
	case r.Data.UserID != r.Subject:
		return errors.New("has data of another user than its subject")
	case r.Data.Version < 1:
		return errors.New("has no version")
	case !r.deleted() && (r.Data.Name == nil || r.Data.Ratings == nil):
		return errors.New("has no name or no ratings")
	case r.Data.Deleted < 0 || r.Data.Deleted >= r.Data.Version:
		return errors.New("has a deletion that is not before its version")
	}
	return nil
}

func (r *received) deleted() bool { return r.Type == EventType(user.Deleted) }

func knownType(eventType string) bool {
	return eventType == EventType(user.Created) || eventType == EventType(user.Updated) || eventType == EventType(user.Deleted)
}

// notification tells what SNS sends without raw message delivery.
// https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
func notification(body string) bool {
	var n struct{ TopicArn, Message string }
	return json.Unmarshal([]byte(body), &n) == nil && n.TopicArn != "" && n.Message != ""
}

// isEventID reports whether id has the form of the ids of streams' records and of those that republish makes. They get
// into log lines, which must not hold other texts of a message. No regexp: it would take 0.3 ms of every cold start.
func isEventID(id string) bool {
	return id != "" && len(id) <= 200 && only(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._:-")
}

// only reports whether all of s is among characters.
func only(s, characters string) bool { return strings.Trim(s, characters) == "" }

// traceRoot is the trace in an X-Ray tracing header; empty where it names none.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
func traceRoot(header string) string {
	for part := range strings.SplitSeq(header, ";") {
		if root, ok := strings.CutPrefix(part, "Root="); ok && isTrace(root) {
			return root
		}
	}
	return ""
}

// isTrace reports whether s is a trace's id: version 1, eight hexadecimal digits of the time, and 24 more.
func isTrace(s string) bool {
	const digits = "0123456789abcdef"
	return len(s) == 35 && s[:2] == "1-" && s[10] == '-' && only(s[2:10], digits) && only(s[11:], digits)
}
