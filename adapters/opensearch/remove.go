package opensearch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain"
	"rental.example/domain/item"
)

// Remove implements item.Holdings by one bulk request. The engine refuses documents that have changed and documents that
// are gone with the same error, so a second request counts which of the refused ones still exist. That also resolves lost
// responses.
func (s *Holdings) Remove(ctx context.Context, holdings []item.Holding) (changed int, err error) {
	deletions, refused := deletionsOf(holdings)
	if len(deletions) > 0 {
		conflicts, err := s.bulkDelete(ctx, deletions)
		if err != nil {
			return 0, err
		}
		refused = append(refused, conflicts...)
	}
	if len(refused) == 0 {
		return 0, nil
	}
	return s.count(ctx, refused)
}

// deletion is the deletion of an item at a revision.
type deletion struct {
	id   item.ID
	base revision
}

// deletionsOf leaves out invalid ids, which no item can have, and refuses invalid revisions.
func deletionsOf(holdings []item.Holding) (deletions []deletion, refused []item.ID) {
	for _, h := range holdings {
		if _, err := item.ParseID(string(h.ID)); err != nil {
			continue
		}
		if base, ok := parseRevision(string(h.Revision)); ok {
			deletions = append(deletions, deletion{h.ID, base})
		} else {
			refused = append(refused, h.ID)
		}
	}
	return deletions, refused
}

// bulkDelete returns the ids of the documents that have another revision or are gone. All conditions are in the body,
// since Amazon's domains ignore URL parameters of a signed POST.
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/request-signing.html
func (s *Holdings) bulkDelete(ctx context.Context, deletions []deletion) (refused []item.ID, err error) {
	var lines []byte
	for _, d := range deletions {
		lines = fmt.Appendf(lines, `{"delete":{"_id":%q,"if_seq_no":%d,"if_primary_term":%d}}`+"\n", d.id, d.base.seqNo, d.base.primaryTerm)
	}
	x := s.client.items
	response, err := do[bulkResponse](ctx, s.client, x, operation{
		"bulk " + x.Alias, RetryWrite, opensearchapi.BulkRequest{Index: x.Alias, Body: bytes.NewReader(lines)},
	})
	if err != nil {
		return nil, err
	}
	refused, err = response.refused(deletions)
	if err != nil {
		return nil, fmt.Errorf("opensearch: bulk %s: %w", x.Alias, err)
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
		ID     item.ID     `json:"_id"`
		Status int         `json:"status"`
		Error  *errorCause `json:"error"`
	} `json:"delete"`
}

// validate implements validator. It returns the first error that is no conflict.
func (r *bulkResponse) validate() error {
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
	return malformed("no result of a deletion")
}

// refused returns the ids of the deletions that met a conflict.
func (r *bulkResponse) refused(deletions []deletion) (refused []item.ID, err error) {
	if len(r.Items) != len(deletions) {
		return nil, malformed("results of too many or too few deletions")
	}
	for n, d := range deletions {
		result := r.Items[n].Delete
		if result.ID != d.id {
			return nil, malformed("the result of another deletion")
		}
		if result.Error != nil {
			refused = append(refused, d.id)
		}
	}
	return refused, nil
}

// idOnly requests a document of a multi-get without its source.
type idOnly struct {
	ID     item.ID `json:"_id"`
	Source bool    `json:"_source"`
}

// count returns how many of ids exist, as of the latest acknowledged writes.
func (s *Holdings) count(ctx context.Context, ids []item.ID) (n int, err error) {
	docs := make([]idOnly, len(ids))
	for i, id := range ids {
		docs[i].ID = id
	}
	found, err := multiGet[struct{}](ctx, s.client, s.client.items, ids, map[string][]idOnly{"docs": docs})
	for _, d := range found {
		if *d.Found {
			n++
		}
	}
	return n, err
}
