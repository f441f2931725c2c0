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

// The constant attributes of an envelope, and the prefix and suffix of event types.
const (
	specVersion = "1.0"
	source      = "rental/users"
	contentType = "application/json"
	typePrefix  = "user.profile."
	typeSuffix  = ".v1"
)

// envelope is a published event: CloudEvents 1.0 in structured JSON.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
type envelope struct {
	SpecVersion     string        `json:"specversion"`
	ID              string        `json:"id"`
	Source          string        `json:"source"`
	Type            string        `json:"type"`
	Subject         domain.UserID `json:"subject"`
	Time            time.Time     `json:"time"`
	DataContentType string        `json:"datacontenttype"`
	CorrelationID   string        `json:"correlationid,omitempty"` // an extension, whose name must be lower case
	Data            data          `json:"data"`
}

// data is the public part of a user. It has no profile after a deletion.
type data struct {
	UserID  domain.UserID  `json:"userId"`
	Version domain.Version `json:"version"`
	*profile
}

type profile struct {
	Name     string    `json:"name"`
	Ratings  float64   `json:"ratings"`
	UserType user.Type `json:"userType"`
	// LastDeleted is the version of the last deletion before the profile, in case that event was lost.
	LastDeleted domain.Version `json:"deletedVersion,omitempty"`
}

// EventType returns the type of an event in envelopes and filter policies; empty for an unknown kind.
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

// encode returns the message of e. It returns an error, which is permanent, if no consumer could parse it.
func encode(e user.Event) ([]byte, error) {
	_, err := domain.ParseUserID(string(e.UserID))
	switch {
	case EventType(e.Kind) == "":
		return nil, errors.New("unknown kind")
	case !isEventID(e.ID):
		return nil, errors.New("invalid event id")
	case err != nil:
		return nil, errors.New("invalid user id")
	case e.Version < 1:
		return nil, errors.New("invalid version")
	}
	env := envelope{
		SpecVersion: specVersion, ID: e.ID, Source: source, Type: EventType(e.Kind), Subject: e.UserID,
		Time: e.Version.Time(), DataContentType: contentType, CorrelationID: CorrelationID(e.RequestID),
		Data: data{UserID: e.UserID, Version: e.Version},
	}
	if e.Kind != user.Deleted {
		env.Data.profile = &profile{Name: e.Name, Ratings: e.Ratings, UserType: e.Type, LastDeleted: e.LastDeleted}
	}
	body, err := json.Marshal(env)
	if err != nil { // infinite ratings, or a version after the year 9999
		return nil, fmt.Errorf("encode: %w", err)
	}
	return escapeUnsupported(body), nil
}

// LogAttrs returns the log attributes of a published event, without personal data. Those of a received Message have the
// same keys, so that one query finds all lines of an event.
func LogAttrs(e user.Event) []slog.Attr {
	return logAttrs(CorrelationID(e.RequestID), e.ID, EventType(e.Kind))
}

func logAttrs(correlationID, id, eventType string) []slog.Attr {
	return []slog.Attr{
		slog.String("correlation_id", correlationID), slog.String("event_id", id), slog.String("event_type", eventType),
	}
}

// CorrelationID returns requestID if it is a UUID, like the IDs of invocations, else an empty string. Records written by
// hand and foreign messages may contain any text, which must not be logged, nor prevent publishing.
func CorrelationID(requestID string) string {
	if !domain.IsUUID(requestID) {
		return ""
	}
	return requestID
}
