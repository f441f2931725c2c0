package opensearch

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"rental.example/domain"
)

// Errors with a recovery, and the one that a recovery may meet.
var (
	errNoIndex     = errors.New("no such index or alias")
	errNoField     = errors.New("no such field in the mapping")
	errNoShard     = errors.New("no active shard")
	errIndexExists = errors.New("the index exists")
)

// errorCause is an error of the engine: an object, or a reason alone.
type errorCause struct {
	Type, Reason string
	// FailedShards are shards that ran a search and failed. A shard that cannot be reached is not among them.
	FailedShards []struct{} `json:"failed_shards"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *errorCause) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &c.Reason) == nil {
		return nil
	}
	type object errorCause // without methods
	if err := json.Unmarshal(b, (*object)(c)); err != nil {
		*c = errorCause{Reason: "unknown format"}
	}
	return nil
}

// fromShards reports whether shards ran the search that failed, and so have spent time on it.
func (c *errorCause) fromShards() bool { return len(c.FailedShards) > 0 }

// classify returns the error of a response whose status is no success: domain.ErrUnavailable if a retry may succeed.
// An error of no kind, such as AWS's refusal of a signature, is permanent. body may be anything.
func classify(status int, body []byte) error {
	var parsed struct {
		Error   *errorCause
		Message string // from AWS, in front of the engine: Message or message
		Found   *bool  // of a get
		Result  string // of a write
	}
	err := json.Unmarshal(body, &parsed)
	switch {
	case err != nil:
		return fmt.Errorf("status %d: %w: %w", status, domain.ErrUnavailable, errNotJSON)
	case parsed.Error != nil:
		return parsed.Error.classify(status)
	case status == http.StatusNotFound && (parsed.Found != nil || parsed.Result != ""):
		return fmt.Errorf("status %d: %w", status, domain.ErrNotFound)
	}
	return (&errorCause{Reason: parsed.Message}).classify(status)
}

// classify returns c as an error of its kind. status is that of the response or of the document.
func (c *errorCause) classify(status int) error {
	var kind error
	switch {
	case c.Type == "index_not_found_exception":
		kind = fmt.Errorf("%w: %w", errNoIndex, domain.ErrUnavailable)
	case c.Type == "no_shard_available_action_exception",
		c.Type == "search_phase_execution_exception" && status == http.StatusServiceUnavailable && !c.fromShards():
		kind = fmt.Errorf("%w: %w", errNoShard, domain.ErrUnavailable)
	case c.Type == "strict_dynamic_mapping_exception":
		kind = errNoField
	case c.Type == "resource_already_exists_exception":
		kind = errIndexExists
	case c.Type == "version_conflict_engine_exception":
		kind = domain.ErrConflict
	case status < http.StatusBadRequest, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout,
		status >= http.StatusInternalServerError, c.Type == "cluster_block_exception", c.Type == "index_closed_exception":
		kind = domain.ErrUnavailable
	default:
		return fmt.Errorf("status %d: %s", status, c.loggable(status))
	}
	return fmt.Errorf("status %d: %w: %s", status, kind, c.loggable(status))
}

// classifyDocument is classify for one document of many: it never means that the document is missing.
func (c *errorCause) classifyDocument() error {
	if c.Type == "index_not_found_exception" {
		return c.classify(http.StatusNotFound)
	}
	return c.classify(http.StatusServiceUnavailable)
}

// loggable returns the parts of c without user data. The reason of a 400 may quote the request, and a reason about one
// document contains its id, which may be that of a person.
func (c *errorCause) loggable(status int) string {
	switch {
	case status == http.StatusBadRequest, c.Type == "version_conflict_engine_exception", c.Type == "no_shard_available_action_exception":
		return c.Type
	}
	return c.Type + ": " + c.Reason
}

// Malformed returns the error for a response that contradicts the engine's API.
func Malformed(reason string) error {
	return fmt.Errorf("%w: malformed response: %s", domain.ErrUnavailable, reason)
}
