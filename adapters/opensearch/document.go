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

// readable is a pointer to a record of type T, which the decoder reads.
type readable[T any] interface {
	*T
	read(*decoder)
}

// document is an answer to reading one; in that of many it may hold an error instead. Nil is what is not told.
type document[T any, P readable[T]] struct {
	id                 string
	found              bool
	told               bool // whether it is found
	seqNo, primaryTerm *int64
	source             *T
	problem            *problem
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *document[T, P]) UnmarshalJSON(data []byte) error {
	from := newDecoder(data)
	d.read(from)
	return from.err()
}

func (d *document[T, P]) read(from *decoder) {
	for name := range from.members {
		switch string(name) {
		case "_id":
			from.text(&d.id)
		case "found":
			d.told = from.boolean(&d.found)
		case "_seq_no":
			from.optional(&d.seqNo)
		case "_primary_term":
			from.optional(&d.primaryTerm)
		case "_source":
			if !from.json.Null() {
				d.source = new(T)
				P(d.source).read(from)
			}
		case "error":
			from.value(&d.problem)
		}
	}
}

// check implements checked. Only a missing document is a document's absence.
func (d *document[T, P]) check() error {
	switch {
	case d.problem != nil:
		return d.problem.classifyDocument()
	case !d.told, d.found && (d.seqNo == nil || d.primaryTerm == nil || d.source == nil):
		return nonsense("holds no document")
	}
	return nil
}

func (d *document[T, P]) state() state { return state{int(*d.seqNo), int(*d.primaryTerm)} }

// documents is an answer to reading many.
type documents[T any, P readable[T]] struct{ all []document[T, P] }

// UnmarshalJSON implements json.Unmarshaler.
func (d *documents[T, P]) UnmarshalJSON(data []byte) error {
	from := newDecoder(data)
	for name := range from.members {
		if string(name) != "docs" {
			continue
		}
		for range from.elements {
			var one document[T, P]
			one.read(from)
			d.all = append(d.all, one)
		}
	}
	return from.err()
}

// check implements checked.
func (d *documents[T, P]) check() error {
	for i := range d.all {
		if err := d.all[i].check(); err != nil {
			return err
		}
	}
	return nil
}

// read gets a document as of the latest acknowledged write; domain.ErrNotFound when there is none.
func read[T any, P readable[T]](ctx context.Context, c *Client, x index, id string) (T, state, error) {
	d, err := do[document[T, P]](ctx, c, "get "+x.alias, x, func() opensearchapi.Request {
		return opensearchapi.GetRequest{Index: x.alias, DocumentID: id}
	})
	if err == nil && !d.found {
		err = domain.ErrNotFound
	}
	if err != nil {
		return *new(T), state{}, err
	}
	return *d.source, d.state(), nil
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
