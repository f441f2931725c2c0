package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain"
)

// state names one state of a document: its number among all writes to its shard, and the number of the
// primary that gave it out.
// https://docs.opensearch.org/latest/api-reference/document-apis/index-document/
type state struct{ seqNo, primaryTerm int }

func (s state) String() string { return strconv.Itoa(s.seqNo) + "." + strconv.Itoa(s.primaryTerm) }

func parseState(text string) (s state, ok bool) {
	seqNo, primaryTerm, _ := strings.Cut(text, ".")
	var errs [2]error
	s.seqNo, errs[0] = strconv.Atoi(seqNo)
	s.primaryTerm, errs[1] = strconv.Atoi(primaryTerm)
	return s, errs == [2]error{} && s.seqNo >= 0 && s.primaryTerm > 0
}

// document is an answer to reading one; in that of many it may hold an error instead.
type document[T any] struct {
	ID          string   `json:"_id"`
	Found       *bool    `json:"found"`
	SeqNo       *int     `json:"_seq_no"`
	PrimaryTerm *int     `json:"_primary_term"`
	Source      *T       `json:"_source"`
	Error       *problem `json:"error"`
}

// check implements checked. Only a missing document is a document's absence.
func (d *document[T]) check() error {
	switch {
	case d.Error != nil:
		return d.Error.classifyDocument()
	case d.Found == nil, *d.Found && (d.SeqNo == nil || d.PrimaryTerm == nil || d.Source == nil):
		return nonsense("holds no document")
	}
	return nil
}

func (d *document[T]) state() state { return state{*d.SeqNo, *d.PrimaryTerm} }

// read gets a document as of the latest acknowledged write; domain.ErrNotFound when there is none.
func read[T any](ctx context.Context, c *Client, x index, id string) (T, state, error) {
	d, err := do[document[T]](ctx, c, "get "+x.alias, x, func() opensearchapi.Request {
		return opensearchapi.GetRequest{Index: x.alias, DocumentID: id}
	})
	if err == nil && !*d.Found {
		err = domain.ErrNotFound
	}
	if err != nil {
		return *new(T), state{}, err
	}
	return *d.Source, d.state(), nil
}

// waitForRefresh has a write wait until searches see it; it costs up to a refresh_interval.
const waitForRefresh = "wait_for"

// write puts a document in the place of the state over, or where there is none if over is nil;
// domain.ErrConflict when that is not what is there. refresh is waitForRefresh or nothing.
func (c *Client) write(ctx context.Context, x index, id string, record any, over *state, refresh string) error {
	body, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("opensearch: %w", err)
	}
	_, err = do[written](ctx, c, "index "+x.alias, x, func() opensearchapi.Request {
		r := opensearchapi.IndexRequest{
			Index: x.alias, DocumentID: id, Body: bytes.NewReader(body),
			Refresh: refresh, RequireAlias: aws.Bool(true),
		}
		if over == nil {
			r.OpType = "create"
		} else {
			r.IfSeqNo, r.IfPrimaryTerm = &over.seqNo, &over.primaryTerm
		}
		return r
	})
	return err
}

// remove deletes a document in the state over, and waits until searches see that; domain.ErrConflict when it is in another, or not there.
// The engine takes no require_alias for deletions, but they make no index anyway.
func (c *Client) remove(ctx context.Context, x index, id string, over state) error {
	_, err := do[written](ctx, c, "delete "+x.alias, x, func() opensearchapi.Request {
		return opensearchapi.DeleteRequest{
			Index: x.alias, DocumentID: id, Refresh: waitForRefresh, IfSeqNo: &over.seqNo, IfPrimaryTerm: &over.primaryTerm,
		}
	})
	return err
}

// written is the answer to a write.
type written struct {
	Result string `json:"result"`
}

func (w *written) check() error {
	switch w.Result {
	case "created", "updated", "deleted":
		return nil
	}
	return nonsense("tells no result")
}
