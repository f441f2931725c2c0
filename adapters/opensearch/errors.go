package opensearch

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"rental.example/domain"
)

// What the client itself mends.
var (
	errNoIndex = errors.New("no such index or alias")
	errNoField = errors.New("no such field in the mapping")
	errNoShard = errors.New("no shard to be read")
	errExists  = errors.New("exists already")
)

// problem is an error as the engine writes it: an object, or nothing but a reason.
type problem struct {
	Type, Reason string
	// FailedShards are those that have run a search and failed. A shard that cannot be reached is not among them.
	FailedShards []struct{} `json:"failed_shards"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *problem) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &p.Reason) == nil {
		return nil
	}
	type object problem // which has no methods
	if err := json.Unmarshal(b, (*object)(p)); err != nil {
		*p = problem{Reason: "in a form of its own"}
	}
	return nil
}

// ran reports whether p is the failure of a search that shards have run, and so have spent time on.
func (p *problem) ran() bool { return len(p.FailedShards) > 0 }

// classify gives an answer that is no success its kind: domain.ErrUnavailable where a repetition may
// succeed, none where it cannot, as when AWS refuses the signature. body may be anything.
func classify(status int, body []byte) error {
	var answer struct {
		Error   *problem
		Message string // of what AWS puts before the engine: it says Message or message
		Found   *bool  // of reading a document
		Result  string // of writing one
	}
	err := json.Unmarshal(body, &answer)
	switch {
	case err != nil:
		return fmt.Errorf("status %d: %w: %w", status, domain.ErrUnavailable, errNotJSON)
	case answer.Error != nil:
		return answer.Error.classify(status)
	case status == http.StatusNotFound && (answer.Found != nil || answer.Result != ""):
		return fmt.Errorf("status %d: %w", status, domain.ErrNotFound)
	}
	p := problem{Reason: answer.Message}
	return p.classify(status)
}

// classify gives p, which came with status, its kind.
func (p *problem) classify(status int) error {
	var kind error
	switch {
	case p.Type == "index_not_found_exception":
		kind = fmt.Errorf("%w: %w", errNoIndex, domain.ErrUnavailable)
	case p.Type == "no_shard_available_action_exception",
		p.Type == "search_phase_execution_exception" && status == http.StatusServiceUnavailable && !p.ran():
		kind = fmt.Errorf("%w: %w", errNoShard, domain.ErrUnavailable)
	case p.Type == "strict_dynamic_mapping_exception":
		kind = errNoField
	case p.Type == "resource_already_exists_exception":
		kind = errExists
	case p.Type == "version_conflict_engine_exception":
		kind = domain.ErrConflict
	case status < http.StatusBadRequest, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout,
		status >= http.StatusInternalServerError, p.Type == "cluster_block_exception", p.Type == "index_closed_exception":
		kind = domain.ErrUnavailable
	default:
		return fmt.Errorf("status %d: %s", status, p.told(status))
	}
	return fmt.Errorf("status %d: %w: %s", status, kind, p.told(status))
}

// told is what of p may be logged. A 400 is about what was sent, and its reason may quote that: what people
// wrote or looked for. What is about one document names it, and a user's is named as they are. Their types say
// enough.
func (p *problem) told(status int) string {
	switch {
	case status == http.StatusBadRequest, p.Type == "version_conflict_engine_exception", p.Type == "no_shard_available_action_exception":
		return p.Type
	}
	return p.Type + ": " + p.Reason
}

// nonsense is an answer that says what no answer can.
func nonsense(what string) error { return fmt.Errorf("%w: the answer %s", domain.ErrUnavailable, what) }

// classifyDocument is for p in the place of one document of many. Whatever it is, the document is not known
// to be missing.
func (p *problem) classifyDocument() error {
	if p.Type == "index_not_found_exception" {
		return p.classify(http.StatusNotFound)
	}
	return p.classify(http.StatusServiceUnavailable)
}
