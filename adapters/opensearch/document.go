package opensearch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain"
)

// revision identifies the last write of a document, for optimistic concurrency control.
// https://docs.opensearch.org/latest/api-reference/document-apis/index-document/
type revision struct{ seqNo, primaryTerm int }

func (r revision) String() string { return strconv.Itoa(r.seqNo) + "." + strconv.Itoa(r.primaryTerm) }

func parseRevision(text string) (r revision, ok bool) {
	seqNo, primaryTerm, _ := strings.Cut(text, ".")
	var err error
	if r.seqNo, err = strconv.Atoi(seqNo); err == nil {
		r.primaryTerm, err = strconv.Atoi(primaryTerm)
	}
	return r, err == nil && r.seqNo >= 0 && r.primaryTerm > 0
}

// getResponse is the response to a get of a document, or one document of a multi-get. Source is nil if it was not
// requested.
type getResponse[T any] struct {
	ID          string      `json:"_id"`
	Found       *bool       `json:"found"`
	SeqNo       *int        `json:"_seq_no"`
	PrimaryTerm *int        `json:"_primary_term"`
	Source      *T          `json:"_source"`
	Error       *errorCause `json:"error"` // of a multi-get
}

// validate implements validator. Only a missing document counts as not found.
func (r *getResponse[T]) validate() error {
	switch {
	case r.Error != nil:
		return r.Error.classifyDocument()
	case r.Found == nil:
		return malformed("no document")
	case *r.Found && (r.SeqNo == nil || r.PrimaryTerm == nil):
		return malformed("a document without its revision")
	}
	return nil
}

// source returns the document; domain.ErrNotFound if there is none.
func (r *getResponse[T]) source() (T, error) {
	switch {
	case !*r.Found:
		return *new(T), domain.ErrNotFound
	case r.Source == nil:
		return *new(T), malformed("a document without its source")
	}
	return *r.Source, nil
}

// get returns a document as of the latest acknowledged write; domain.ErrNotFound if there is none.
func get[T any](ctx context.Context, c *Client, x Index, id string) (T, revision, error) {
	r, err := do[getResponse[T]](ctx, c, x, operation{
		"get " + x.Alias, RetryRead, opensearchapi.GetRequest{Index: x.Alias, DocumentID: id},
	})
	if err != nil {
		return *new(T), revision{}, err
	}
	source, err := r.source()
	if err != nil {
		return source, revision{}, fmt.Errorf("opensearch: get %s: %w", x.Alias, err)
	}
	return source, revision{*r.SeqNo, *r.PrimaryTerm}, nil
}

type multiGetResponse[T any] struct {
	Docs []getResponse[T] `json:"docs"`
}

// UnmarshalJSON implements json.Unmarshaler. Each page of items needs a multi-get of its owners, which encoding/json
// would decode in a tenth of the request's processor time.
func (r *multiGetResponse[T]) UnmarshalJSON(data []byte) (err error) {
	d := newDecoder(data)
	for name := range d.members {
		if string(name) != "docs" {
			continue
		}
		for range d.elements {
			var doc getResponse[T]
			err = errors.Join(err, doc.read(d))
			r.Docs = append(r.Docs, doc)
		}
	}
	return errors.Join(err, d.err())
}

// read reads the response as encoding/json does, except that names must match exactly.
func (r *getResponse[T]) read(d *decoder) (err error) {
	for name := range d.members {
		switch string(name) {
		case "_id":
			d.string(&r.ID)
		case "found":
			d.optionalBoolean(&r.Found)
		case "_seq_no":
			d.optionalInt(&r.SeqNo)
		case "_primary_term":
			d.optionalInt(&r.PrimaryTerm)
		case "_source":
			err = errors.Join(err, r.readSource(d))
		case "error":
			err = errors.Join(err, json.Unmarshal([]byte(d.raw()), &r.Error))
		}
	}
	return err
}

func (r *getResponse[T]) readSource(d *decoder) error {
	if d.json.Null() {
		return nil
	}
	r.Source = new(T)
	if source, ok := any(r.Source).(interface{ read(*decoder) }); ok {
		source.read(d)
		return nil
	}
	return json.Unmarshal([]byte(d.raw()), r.Source)
}

// validate implements validator.
func (r *multiGetResponse[T]) validate() error {
	for i := range r.Docs {
		if err := r.Docs[i].validate(); err != nil {
			return err
		}
	}
	return nil
}

// multiGet returns the documents of ids as of the latest acknowledged writes, in that order.
func multiGet[T any, ID ~string](ctx context.Context, c *Client, x Index, ids []ID, body any) ([]getResponse[T], error) {
	encoded, err := jsonBody(body)
	if err != nil {
		return nil, err
	}
	op := operation{"mget " + x.Alias, RetryRead, opensearchapi.MgetRequest{Index: x.Alias, Body: encoded}}
	r, err := do[multiGetResponse[T]](ctx, c, x, op)
	if err != nil {
		return nil, err
	}
	same := func(d getResponse[T], id ID) bool { return d.ID == string(id) }
	if !slices.EqualFunc(r.Docs, ids, same) {
		return nil, fmt.Errorf("opensearch: %s: %w", op.name, malformed("other documents than requested"))
	}
	return r.Docs, nil
}

// waitForRefresh makes a write wait until searches see it, which takes up to a refresh_interval.
const waitForRefresh = "wait_for"

// put replaces the document at base; a nil base creates it. It returns domain.ErrConflict if the document has another
// revision, is missing, or exists already. refresh is waitForRefresh or empty.
func (c *Client) put(ctx context.Context, x Index, id string, record any, base *revision, refresh string) error {
	body, err := jsonBody(record)
	if err != nil {
		return err
	}
	r := opensearchapi.IndexRequest{Index: x.Alias, DocumentID: id, Body: body, Refresh: refresh, RequireAlias: aws.Bool(true)}
	if base == nil {
		r.OpType = "create"
	} else {
		r.IfSeqNo, r.IfPrimaryTerm = &base.seqNo, &base.primaryTerm
	}
	_, err = do[writeResponse](ctx, c, x, operation{"index " + x.Alias, RetryWrite, r})
	return err
}

// delete deletes the document at base, and waits until searches see that. It returns domain.ErrConflict if the document
// has another revision or is missing. Deletions never create an index, so they need no require_alias.
func (c *Client) delete(ctx context.Context, x Index, id string, base revision) error {
	_, err := do[writeResponse](ctx, c, x, operation{"delete " + x.Alias, RetryWrite, opensearchapi.DeleteRequest{
		Index: x.Alias, DocumentID: id, Refresh: waitForRefresh, IfSeqNo: &base.seqNo, IfPrimaryTerm: &base.primaryTerm,
	}})
	return err
}

type writeResponse struct {
	Result string `json:"result"`
}

// validate implements validator.
func (r *writeResponse) validate() error {
	switch r.Result {
	case "created", "updated", "deleted":
		return nil
	}
	return malformed("no result of a write")
}
