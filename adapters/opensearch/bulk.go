package opensearch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain"
)

// Deletion is the deletion of a document at a revision.
type Deletion[ID ~string] struct {
	ID   ID
	Base Revision
}

// BulkDelete deletes documents by one request, and returns the ids of those that have another revision or are gone: the
// engine refuses both with the same error. CountExisting distinguishes them, after a lost response, too. All conditions are
// in the body, since Amazon's domains ignore URL parameters of a signed POST.
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/request-signing.html
func BulkDelete[ID ~string](ctx context.Context, d Documents, deletions []Deletion[ID]) (refused []ID, err error) {
	var lines []byte
	for _, deletion := range deletions {
		lines = fmt.Appendf(lines, `{"delete":{"_id":%q,"if_seq_no":%d,"if_primary_term":%d}}`+"\n",
			deletion.ID, deletion.Base.SeqNo, deletion.Base.PrimaryTerm)
	}
	response, err := do[bulkResponse](ctx, d, operation{
		"bulk " + d.index.Alias, RetryWrite, opensearchapi.BulkRequest{Index: d.index.Alias, Body: bytes.NewReader(lines)},
	})
	if err != nil {
		return nil, err
	}
	refused, err = refusedOf(response, deletions)
	if err != nil {
		return nil, fmt.Errorf("opensearch: bulk %s: %w", d.index.Alias, err)
	}
	return refused, nil
}

// bulkResponse is the response to a bulk deletion. Its status is a success even if deletions failed.
// https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
type bulkResponse struct {
	Items []bulkItem `json:"items"` // in the order of the request
}

type bulkItem struct {
	Delete struct {
		ID     string      `json:"_id"`
		Status int         `json:"status"`
		Error  *errorCause `json:"error"`
	} `json:"delete"`
}

// Validate implements validator. It returns the first error that is no conflict.
func (r *bulkResponse) Validate() error {
	for _, i := range r.Items {
		if err := i.err(); err != nil && !errors.Is(err, domain.ErrConflict) {
			return err
		}
	}
	return nil
}

func (i *bulkItem) err() error {
	switch d := i.Delete; {
	case d.Error != nil:
		return d.Error.classify(d.Status)
	case d.Status == http.StatusOK, d.Status == http.StatusNotFound: // deleted, or not there
		return nil
	}
	return Malformed("no result of a deletion")
}

// refusedOf returns the ids of the deletions that met a conflict.
func refusedOf[ID ~string](r bulkResponse, deletions []Deletion[ID]) (refused []ID, err error) {
	if len(r.Items) != len(deletions) {
		return nil, Malformed("results of too many or too few deletions")
	}
	for n, d := range deletions {
		result := r.Items[n].Delete
		if result.ID != string(d.ID) {
			return nil, Malformed("the result of another deletion")
		}
		if result.Error != nil {
			refused = append(refused, d.ID)
		}
	}
	return refused, nil
}

// idOnly requests a document of a multi-get without its source.
type idOnly[ID ~string] struct {
	ID     ID   `json:"_id"`
	Source bool `json:"_source"`
}

// CountExisting returns how many documents of ids exist, as of the latest acknowledged writes.
func CountExisting[ID ~string](ctx context.Context, d Documents, ids []ID) (n int, err error) {
	docs := make([]idOnly[ID], len(ids))
	for i, id := range ids {
		docs[i].ID = id
	}
	found, err := multiGet[struct{}](ctx, d, ids, map[string][]idOnly[ID]{"docs": docs})
	for _, d := range found {
		if *d.Found {
			n++
		}
	}
	return n, err
}
