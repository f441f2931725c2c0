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

// Documents are the documents of one index, under its alias. They are safe for concurrent use.
type Documents struct {
	client *Client
	index  Index
}

// Documents returns the documents of x. The first request that finds the index missing creates it.
func (c *Client) Documents(x Index) Documents { return Documents{client: c, index: x} }

// Revision identifies the last write of a document, for optimistic concurrency control.
// https://docs.opensearch.org/latest/api-reference/document-apis/index-document/
type Revision struct{ SeqNo, PrimaryTerm int }

// String returns the text that ParseRevision parses.
func (r Revision) String() string { return strconv.Itoa(r.SeqNo) + "." + strconv.Itoa(r.PrimaryTerm) }

// ParseRevision parses the text of a revision; ok is false if no document can have it.
func ParseRevision(text string) (r Revision, ok bool) {
	seqNo, primaryTerm, _ := strings.Cut(text, ".")
	var err error
	if r.SeqNo, err = strconv.Atoi(seqNo); err == nil {
		r.PrimaryTerm, err = strconv.Atoi(primaryTerm)
	}
	return r, err == nil && r.SeqNo >= 0 && r.PrimaryTerm > 0
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

// Validate implements validator. Only a missing document counts as not found.
func (r *getResponse[T]) Validate() error {
	switch {
	case r.Error != nil:
		return r.Error.classifyDocument()
	case r.Found == nil:
		return Malformed("no document")
	case *r.Found && (r.SeqNo == nil || r.PrimaryTerm == nil):
		return Malformed("a document without its revision")
	}
	return nil
}

// source returns the document; domain.ErrNotFound if there is none.
func (r *getResponse[T]) source() (T, error) {
	switch {
	case !*r.Found:
		return *new(T), domain.ErrNotFound
	case r.Source == nil:
		return *new(T), Malformed("a document without its source")
	}
	return *r.Source, nil
}

// Get returns a document as of the latest acknowledged write; domain.ErrNotFound if there is none.
func Get[T any](ctx context.Context, d Documents, id string) (T, Revision, error) {
	r, err := do[getResponse[T]](ctx, d, operation{
		"get " + d.index.Alias, RetryRead, opensearchapi.GetRequest{Index: d.index.Alias, DocumentID: id},
	})
	if err != nil {
		return *new(T), Revision{}, err
	}
	source, err := r.source()
	if err != nil {
		return source, Revision{}, fmt.Errorf("opensearch: get %s: %w", d.index.Alias, err)
	}
	return source, Revision{*r.SeqNo, *r.PrimaryTerm}, nil
}

type multiGetResponse[T any] struct {
	Docs []getResponse[T] `json:"docs"`
}

// UnmarshalJSON implements json.Unmarshaler. A page that needs the documents of all its entries would
// spend a tenth of its processor time in encoding/json.
func (r *multiGetResponse[T]) UnmarshalJSON(data []byte) (err error) {
	d := NewDecoder(data)
	for name := range d.Members {
		if string(name) != "docs" {
			continue
		}
		for range d.Elements {
			var doc getResponse[T]
			err = errors.Join(err, doc.read(d))
			r.Docs = append(r.Docs, doc)
		}
	}
	return errors.Join(err, d.Err())
}

// read reads the response as encoding/json does, except that names must match exactly.
func (r *getResponse[T]) read(d *Decoder) (err error) {
	for name := range d.Members {
		switch string(name) {
		case "_id":
			d.String(&r.ID)
		case "found":
			d.OptionalBoolean(&r.Found)
		case "_seq_no":
			d.OptionalInt(&r.SeqNo)
		case "_primary_term":
			d.OptionalInt(&r.PrimaryTerm)
		case "_source":
			err = errors.Join(err, r.readSource(d))
		case "error":
			err = errors.Join(err, json.Unmarshal([]byte(d.Raw()), &r.Error))
		}
	}
	return err
}

func (r *getResponse[T]) readSource(d *Decoder) error {
	if d.Null() {
		return nil
	}
	r.Source = new(T)
	if source, ok := any(r.Source).(Readable); ok {
		source.Read(d)
		return nil
	}
	return json.Unmarshal([]byte(d.Raw()), r.Source)
}

// Validate implements validator.
func (r *multiGetResponse[T]) Validate() error {
	for i := range r.Docs {
		if err := r.Docs[i].Validate(); err != nil {
			return err
		}
	}
	return nil
}

// MultiGet returns the documents of ids that exist, as of the latest acknowledged writes.
func MultiGet[T any, ID ~string](ctx context.Context, d Documents, ids []ID) (map[ID]T, error) {
	docs, err := multiGet[T](ctx, d, ids, map[string][]ID{"ids": ids})
	if err != nil {
		return nil, err
	}
	found := make(map[ID]T, len(ids))
	for i, id := range ids {
		switch source, err := docs[i].source(); {
		case errors.Is(err, domain.ErrNotFound):
		case err != nil:
			return nil, fmt.Errorf("opensearch: mget %s: %w", d.index.Alias, err)
		default:
			found[id] = source
		}
	}
	return found, nil
}

// multiGet returns the responses for the documents of ids, in that order.
func multiGet[T any, ID ~string](ctx context.Context, d Documents, ids []ID, body any) ([]getResponse[T], error) {
	encoded, err := jsonBody(body)
	if err != nil {
		return nil, err
	}
	op := operation{"mget " + d.index.Alias, RetryRead, opensearchapi.MgetRequest{Index: d.index.Alias, Body: encoded}}
	r, err := do[multiGetResponse[T]](ctx, d, op)
	if err != nil {
		return nil, err
	}
	same := func(d getResponse[T], id ID) bool { return d.ID == string(id) }
	if !slices.EqualFunc(r.Docs, ids, same) {
		return nil, fmt.Errorf("opensearch: %s: %w", op.name, Malformed("other documents than requested"))
	}
	return r.Docs, nil
}

// WaitForRefresh makes a write wait until searches see it, which takes up to a refresh_interval.
const WaitForRefresh = "wait_for"

// Put replaces the document at base; a nil base creates it. It returns domain.ErrConflict if the document has another
// revision, is missing, or exists already; see UnlessAmbiguous. refresh is WaitForRefresh or empty.
func (d Documents) Put(ctx context.Context, id string, document any, base *Revision, refresh string) error {
	body, err := jsonBody(document)
	if err != nil {
		return err
	}
	r := opensearchapi.IndexRequest{Index: d.index.Alias, DocumentID: id, Body: body, Refresh: refresh, RequireAlias: aws.Bool(true)}
	if base == nil {
		r.OpType = "create"
	} else {
		r.IfSeqNo, r.IfPrimaryTerm = &base.SeqNo, &base.PrimaryTerm
	}
	_, err = do[writeResponse](ctx, d, operation{"index " + d.index.Alias, RetryWrite, r})
	return err
}

// Delete deletes the document at base, and waits until searches see that. It returns domain.ErrConflict if the document
// has another revision or is missing; see UnlessAmbiguous. Deletions never create an index, so they need no require_alias.
func (d Documents) Delete(ctx context.Context, id string, base Revision) error {
	_, err := do[writeResponse](ctx, d, operation{"delete " + d.index.Alias, RetryWrite, opensearchapi.DeleteRequest{
		Index: d.index.Alias, DocumentID: id, Refresh: WaitForRefresh, IfSeqNo: &base.SeqNo, IfPrimaryTerm: &base.PrimaryTerm,
	}})
	return err
}

type writeResponse struct {
	Result string `json:"result"`
}

// Validate implements validator.
func (r *writeResponse) Validate() error {
	switch r.Result {
	case "created", "updated", "deleted":
		return nil
	}
	return Malformed("no result of a write")
}
