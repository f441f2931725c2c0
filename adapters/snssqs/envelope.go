package snssqs

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

// What is the same in every envelope, and what begins and ends the types of events of users.
const (
	specVersion = "1.0"
	source      = "rental/users"
	contentType = "application/json"
	typePrefix  = "user.profile."
	typeSuffix  = ".v1"
)

// envelope is an event as others receive it: CloudEvents 1.0 in JSON, structured.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
type envelope struct {
	SpecVersion     string        `json:"specversion"`
	ID              string        `json:"id"`
	Source          string        `json:"source"`
	Type            string        `json:"type"`
	Subject         domain.UserID `json:"subject"`
	Time            time.Time     `json:"time"`
	DataContentType string        `json:"datacontenttype"`
	CorrelationID   string        `json:"correlationid,omitempty"` // an extension; those are lower-case letters
	Data            data          `json:"data"`
}

// data is what others may know of a user; of one who is gone, only that.
type data struct {
	UserID  domain.UserID  `json:"userId"`
	Version domain.Version `json:"version"`
	*profile
}

type profile struct {
	Name     string    `json:"name"`
	Ratings  float64   `json:"ratings"`
	UserType user.Type `json:"userType"`
	// Deleted is the version of the deletion before a profile was made again: it makes up for a lost event.
	Deleted domain.Version `json:"deletedVersion,omitempty"`
}

// EventType is the type of an event in its envelope and for the filters of subscriptions; empty for a kind
// that is none.
func EventType(kind user.EventKind) string {
	switch kind {
	case user.Created:
		return typePrefix + "created" + typeSuffix
	case user.Updated:
		return typePrefix + "updated" + typeSuffix
	case user.Deleted:
		return typePrefix + "deleted" + typeSuffix
	}
	return ""
}

// encode makes the message of e. What no consumer could read is an error: it holds for ever.
func encode(e user.Event) ([]byte, error) {
	_, err := domain.ParseUserID(string(e.UserID))
	switch {
	case EventType(e.Kind) == "":
		return nil, errors.New("it is of no kind")
	case !isEventID(e.ID):
		return nil, errors.New("it has no id of letters, digits, and the marks . _ : -")
	case err != nil:
		return nil, errors.New("its user has an id that is none")
	case e.Version < 1:
		return nil, errors.New("it has no version")
	}
	message := envelope{
		SpecVersion: specVersion, ID: e.ID, Source: source, Type: EventType(e.Kind), Subject: e.UserID,
		Time: e.Version.Time(), DataContentType: contentType, CorrelationID: CorrelationID(e.RequestID),
		Data: data{UserID: e.UserID, Version: e.Version},
	}
	if e.Kind != user.Deleted {
		message.Data.profile = &profile{Name: e.Name, Ratings: e.Ratings, UserType: e.Type, Deleted: e.LastDeleted}
	}
	body, err := json.Marshal(message)
	if err != nil { // ratings that are no number, or a version beyond the year 9999
		return nil, fmt.Errorf("it has no JSON: %w", err)
	}
	return acceptable(body), nil
}

// LogAttrs is what logs say of an event that was told; nothing personal. Message has the same for one that is
// heard of, under the same keys, so that one search finds the way of an event.
func LogAttrs(e user.Event) []slog.Attr {
	return logAttrs(CorrelationID(e.RequestID), e.ID, EventType(e.Kind))
}

func logAttrs(correlationID, id, eventType string) []slog.Attr {
	return []slog.Attr{
		slog.String("correlation_id", correlationID), slog.String("event_id", id), slog.String("event_type", eventType),
	}
}

// CorrelationID is the id of a request as envelopes, attributes and log lines have it: empty unless it is a UUID, as the
// ids of invocations are. A record that was written by hand, or a message of somebody else, may hold any text there,
// which must neither get into logs nor keep the event itself from being published.
func CorrelationID(requestID string) string {
	if !domain.IsUUID(requestID) {
		return ""
	}
	return requestID
}
