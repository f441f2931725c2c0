package opensearch

import (
	"context"
	"fmt"
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
	r.seqNo, ok = parseNumber(seqNo, 0)
	if !ok {
		return r, false
	}
	r.primaryTerm, ok = parseNumber(primaryTerm, 1)
	return r, ok
}

func parseNumber(text string, least int) (n int, ok bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= least
}

// docResponse is the response to a get of a document, or one document of a multi-get.
type docResponse struct {
	ID    string      `json:"_id"`
	Found *bool       `json:"found"`
	Error *errorCause `json:"error"` // of a multi-get
}

// validate implements validator. Only a missing document counts as not found.
func (r *docResponse) validate() error {
	switch {
	case r.Error != nil:
		return r.Error.classifyDocument()
	case r.Found == nil:
		return malformed("no document")
	}
	return nil
}

// getResponse is a docResponse with the document.
type getResponse[T any] struct {
	docResponse
	SeqNo       *int `json:"_seq_no"`
	PrimaryTerm *int `json:"_primary_term"`
	Source      *T   `json:"_source"`
}

// validate implements validator.
func (r *getResponse[T]) validate() error {
	if err := r.docResponse.validate(); err != nil {
		return err
	}
	if *r.Found && (r.SeqNo == nil || r.PrimaryTerm == nil || r.Source == nil) {
		return malformed("a document without its revision or source")
	}
	return nil
}

// get returns a document as of the latest acknowledged write; domain.ErrNotFound if there is none.
func get[T any](ctx context.Context, c *Client, x index, id string) (T, revision, error) {
	r, err := do[getResponse[T]](ctx, c, x, operation{
		"get " + x.alias, RetryRead, opensearchapi.GetRequest{Index: x.alias, DocumentID: id},
	})
	if err == nil && !*r.Found {
		err = domain.ErrNotFound
	}
	if err != nil {
		return *new(T), revision{}, err
	}
	return *r.Source, revision{*r.SeqNo, *r.PrimaryTerm}, nil
}

// multiGetResponse has one D for each requested document.
type multiGetResponse[D any, P interface {
	*D
	validator
}] struct {
	Docs []D `json:"docs"`
}

// validate implements validator.
func (r *multiGetResponse[D, P]) validate() error {
	for i := range r.Docs {
		if err := P(&r.Docs[i]).validate(); err != nil {
			return err
		}
	}
	return nil
}

// multiGet returns n documents as of the latest acknowledged writes, in the order that body requests them in.
func multiGet[D any, P interface {
	*D
	validator
}](ctx context.Context, c *Client, x index, body any, n int) ([]D, error) {
	encoded, err := jsonBody(body)
	if err != nil {
		return nil, err
	}
	op := operation{"mget " + x.alias, RetryRead, opensearchapi.MgetRequest{Index: x.alias, Body: encoded}}
	r, err := do[multiGetResponse[D, P]](ctx, c, x, op)
	if err != nil {
		return nil, err
	}
	if len(r.Docs) != n {
		return nil, fmt.Errorf("opensearch: %s: %w", op.name, malformed("too many or too few documents"))
	}
	return r.Docs, nil
}

// waitForRefresh makes a write wait until searches see it, which takes up to a refresh_interval.
const waitForRefresh = "wait_for"

// put replaces the document at base; a nil base creates it. It returns domain.ErrConflict if the document has another
// revision, is missing, or exists already. refresh is waitForRefresh or empty.
func (c *Client) put(ctx context.Context, x index, id string, record any, base *revision, refresh string) error {
	body, err := jsonBody(record)
	if err != nil {
		return err
	}
	r := opensearchapi.IndexRequest{Index: x.alias, DocumentID: id, Body: body, Refresh: refresh, RequireAlias: aws.Bool(true)}
	if base == nil {
		r.OpType = "create"
	} else {
		r.IfSeqNo, r.IfPrimaryTerm = &base.seqNo, &base.primaryTerm
	}
	_, err = do[writeResponse](ctx, c, x, operation{"index " + x.alias, RetryWrite, r})
	return err
}

// delete deletes the document at base, and waits until searches see that. It returns domain.ErrConflict if the document
// has another revision or is missing. Deletions never create an index, so they need no require_alias.
func (c *Client) delete(ctx context.Context, x index, id string, base revision) error {
	_, err := do[writeResponse](ctx, c, x, operation{"delete " + x.alias, RetryWrite, opensearchapi.DeleteRequest{
		Index: x.alias, DocumentID: id, Refresh: waitForRefresh, IfSeqNo: &base.seqNo, IfPrimaryTerm: &base.primaryTerm,
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
