// Package republish is the function that publishes the current state of every user again, by hand or on a schedule: after
// the items service was added, its index was lost, or an event was lost. Consumers merge by version, so a run is safe at
// any time.
package republish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/lambdafn"
	"rental.example/adapters/rawjson"
	"rental.example/adapters/storecalls"
	"rental.example/domain"
	"rental.example/domain/user"
)

// Request configures a run. The zero Request, {}, publishes everything. The JSON names of Request and Result cannot change:
// schedules and scripts use them.
type Request struct {
	// BumpVersions first writes each record again with a current version. It is for a table restored from a backup:
	// consumers have newer versions than its records, and would ignore them.
	BumpVersions bool   `json:"raise"`
	After        string `json:"after"` // the Next of a Result to resume from; empty for the start
	// MustFinish returns an error if the run ends before the end of the table, for schedules, which ignore the Result.
	MustFinish bool `json:"whole,omitempty"`
}

// UnmarshalJSON rejects all other members. It also rejects null, repeated names and names in another case, which
// encoding/json accepts: a typo must not start another run.
func (r *Request) UnmarshalJSON(data []byte) error {
	text := rawjson.TrimSpace(string(data))
	if rawjson.Kind(text) != '{' {
		return errors.New("republish: expected an object")
	}
	var parsed Request
	fields := map[string]any{"raise": &parsed.BumpVersions, "after": &parsed.After, "whole": &parsed.MustFinish}
	for name, value := range rawjson.Members(text) {
		field, ok := fields[name]
		switch {
		case !ok:
			return fmt.Errorf("republish: unknown or repeated field %q", name)
		case value == "null" || json.Unmarshal([]byte(value), field) != nil:
			return fmt.Errorf("republish: field %q has the wrong type", name)
		}
		delete(fields, name)
	}
	*r = parsed
	return nil
}

// Result is the result of a run.
type Result struct {
	Published int `json:"published"` // events
	Bumped    int `json:"raised"`    // records
	// Unreadable are the ids of records without an event: malformed ones, and profiles with invalid values. It has at
	// most MaxUnreadable ids; the log has their number.
	Unreadable []string `json:"unreadable"`
	// Next is the After of the request that resumes an unfinished or failed run; empty at the end of the table.
	Next string `json:"next"`
}

// MaxUnreadable keeps a Result below the maximum size of a Lambda response.
const MaxUnreadable = 1000

// Config configures a Function.
type Config struct {
	Now     func() time.Time
	Logger  *slog.Logger
	Metrics *cloudwatch.Metrics
}

// Function handles the invocations of the republish function.
type Function struct {
	records user.RecordStore
	topic   user.Publisher
	config  Config
	warm    atomic.Bool
}

// New returns a Function that publishes records to topic.
func New(records user.RecordStore, topic user.Publisher, config Config) *Function {
	return &Function{records: records, topic: topic, config: config}
}

// responseReserve is reserved for the response. It is longer than lambdafn.ResponseReserve, since the response resumes a run.
const responseReserve = time.Second

// Handle runs a request until the end of the table, or until the invocation has no time for another page. An error has
// the request that resumes the run. To publish or bump a record twice is harmless.
func (f *Function) Handle(ctx context.Context, request Request) (Result, error) {
	cold := !f.warm.Swap(true)
	r := &run{Function: f, logger: f.config.Logger.With("cold_start", cold), rest: request, id: lambdafn.RequestID(ctx)}
	r.result.Unreadable = []string{}
	ctx, cancel := domain.WithReserve(storecalls.NewContext(ctx), responseReserve)
	defer cancel()
	err := lambdafn.Recover(func() error { return r.publishAll(ctx) })
	if err == nil && request.MustFinish && r.rest.After != "" {
		err = errUnfinished
	}
	r.result.Next = r.rest.After
	f.config.Metrics.Invocation(cold, cloudwatch.Count{Name: "EventsPublished", Value: r.result.Published})
	r.logResult(ctx, err)
	if err == nil || errors.Is(err, domain.ErrInvalid) {
		return r.result, err
	}
	rest, _ := json.Marshal(r.rest) // booleans and a string
	return r.result, fmt.Errorf("republish: stopped, resume with %s: %w", rest, err)
}

var errUnfinished = errors.New("not enough time for the whole table")

// logResult logs the counts of the run. User ids, as in Unreadable, are not logged.
func (r *run) logResult(ctx context.Context, err error) {
	attrs := []slog.Attr{
		slog.Int("published", r.result.Published), slog.Int("raised", r.result.Bumped), slog.Int("changed", r.changed),
		slog.Int("unreadable", r.unreadable), slog.Bool("finished", err == nil && r.rest.After == ""),
		storecalls.Attr(ctx),
	}
	level := slog.LevelInfo
	if err != nil {
		level, attrs = slog.LevelError, append(attrs, slog.String("error", err.Error()))
	}
	r.logger.LogAttrs(ctx, level, "republished", attrs...)
}
