// Package republish is the function that tells the present state of every user again, by hand or by a schedule:
// after the items service was added or its index was lost, or when an event was lost for whatever reason. Those who
// listen merge by version, so it is safe at any time.
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

// Request is what a run is to do. The empty one, {}, tells everything.
type Request struct {
	// Raise first writes each record again at a version of now. It is for a table that was restored from a
	// backup: others have heard of versions since, which none of its records would otherwise get past.
	Raise bool   `json:"raise"`
	After string `json:"after"` // a Result's Next, to go on there; empty: from the start
	// Whole takes a run that ends before the table does for a failure. It is for schedules, whose Result nobody
	// reads.
	Whole bool `json:"whole,omitempty"`
}

// UnmarshalJSON takes an object of these members and no others: a typing error must not become another order.
func (o *Request) UnmarshalJSON(data []byte) error {
	order, err := parseOrder(rawjson.TrimSpace(string(data)))
	if err != nil {
		return fmt.Errorf(`republish: the order has to be an object with no members but "raise" and "whole", booleans, and "after", a text: %w`, err)
	}
	*o = order
	return nil
}

// parseOrder reads an order from valid JSON. encoding/json would take other spellings of a name, such as Raise, the
// last of several members of one name, and null for any value.
func parseOrder(text string) (order Request, err error) {
	if rawjson.Kind(text) != '{' {
		return Request{}, errors.New("it is no object")
	}
	seen := make(map[string]bool)
	for name, value := range rawjson.Members(text) {
		if seen[name] {
			return Request{}, fmt.Errorf("%q is there twice", name)
		}
		seen[name] = true
		switch name {
		case "raise":
			order.Raise, err = boolean(name, value)
		case "whole":
			order.Whole, err = boolean(name, value)
		case "after":
			var ok bool
			if order.After, ok = rawjson.Unquote(value); !ok {
				err = fmt.Errorf("%q is no text", name)
			}
		default:
			err = fmt.Errorf("unknown field %q", name)
		}
		if err != nil {
			return Request{}, err
		}
	}
	return order, nil
}

func boolean(name, value string) (bool, error) {
	if value != "true" && value != "false" {
		return false, fmt.Errorf("%q is neither true nor false", name)
	}
	return value == "true", nil
}

// Result is what a run did.
type Result struct {
	Published int `json:"published"` // events
	Raised    int `json:"raised"`    // records
	// Unreadable are the ids of records that are neither profile nor tombstone, or of which no event can be
	// made: at most MaxUnreadable of them. The log has their number.
	Unreadable []string `json:"unreadable"`
	// Next is the After of the order that goes on where the time was too short, or where an error ended the
	// run; empty at the end of the table.
	Next string `json:"next"`
}

// MaxUnreadable keeps a Result below what Lambda takes for an answer.
const MaxUnreadable = 1000

// Config is what a Function needs beside its ports.
type Config struct {
	Now     func() time.Time
	Logger  *slog.Logger
	Metrics *cloudwatch.Metrics
}

// Function answers the invocations of the republish function.
type Function struct {
	records user.RecordStore
	topic   user.Publisher
	config  Config
	warm    atomic.Bool
}

// New makes a Function that tells topic of records.
func New(records user.RecordStore, topic user.Publisher, config Config) *Function {
	return &Function{records: records, topic: topic, config: config}
}

// responseReserve is reserved for the response. It is longer than lambdafn.ResponseReserve, since the response resumes a run.
const responseReserve = time.Second

// Handle carries out an order, as far as the time allows. An error says with which order to go on, so that
// nothing is left out: what is told or raised twice does no harm.
func (f *Function) Handle(ctx context.Context, order Request) (Result, error) {
	cold := !f.warm.Swap(true)
	r := &run{Function: f, logger: f.config.Logger.With("cold_start", cold), order: order, id: lambdafn.RequestID(ctx)}
	r.report.Unreadable = []string{}
	ctx, cancel := domain.WithReserve(storecalls.NewContext(ctx), responseReserve)
	defer cancel()
	err := lambdafn.Recover(func() error { return r.all(ctx) })
	if err == nil && order.Whole && r.order.After != "" {
		err = errUnfinished
	}
	r.report.Next = r.order.After
	f.config.Metrics.Invocation(cold, cloudwatch.Count{Name: "EventsPublished", Value: r.report.Published})
	r.ended(ctx, err)
	if err == nil || errors.Is(err, domain.ErrInvalid) {
		return r.report, err
	}
	next, _ := json.Marshal(r.order) // booleans and a text
	return r.report, fmt.Errorf("republish: stopped; go on with the order %s: %w", next, err)
}

var errUnfinished = errors.New("the time was too short for the whole table")

// ended tells the log how much the run has done. The ids of users, which Unreadable has, are for its answer alone.
func (r *run) ended(ctx context.Context, err error) {
	attrs := []slog.Attr{
		slog.Int("published", r.report.Published), slog.Int("raised", r.report.Raised), slog.Int("changed", r.changed),
		slog.Int("unreadable", r.unreadable), slog.Bool("finished", err == nil && r.order.After == ""),
		storecalls.Attr(ctx),
	}
	level := slog.LevelInfo
	if err != nil {
		level, attrs = slog.LevelError, append(attrs, slog.String("error", err.Error()))
	}
	r.logger.LogAttrs(ctx, level, "republished", attrs...)
}
