package domain_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rental.example/domain"
)

// TestExplain has an error of each kind. The functions' goldens have the texts.
func TestExplain(t *testing.T) {
	t.Parallel()
	fields := []domain.FieldProblem{{Field: "name", Code: domain.CodeInvalid, Message: "is odd"}}
	coded := &domain.CodedError{Kind: domain.ErrConflict, Code: "owner_deleted", Message: "Gone."}
	for _, tt := range []struct {
		err  error
		want domain.Explanation // Detail only where the error has one
	}{
		{domain.ErrUnauthenticated, domain.Explanation{Kind: domain.ErrUnauthenticated, Code: "unauthenticated"}},
		{domain.ErrForbidden, domain.Explanation{Kind: domain.ErrForbidden, Code: "forbidden"}},
		{domain.ErrNotFound, domain.Explanation{Kind: domain.ErrNotFound, Code: "not_found"}},
		{domain.ErrConflict, domain.Explanation{Kind: domain.ErrConflict, Code: "conflict"}},
		{domain.ErrPreconditionFailed, domain.Explanation{Kind: domain.ErrPreconditionFailed, Code: "precondition_failed"}},
		{domain.ErrMalformed, domain.Explanation{Kind: domain.ErrMalformed, Code: "malformed"}},
		{domain.ErrInvalid, domain.Explanation{Kind: domain.ErrInvalid, Code: "validation_failed"}},
		{domain.ErrUnavailable, domain.Explanation{Kind: domain.ErrUnavailable, Code: "unavailable"}},
		{context.DeadlineExceeded, domain.Explanation{Kind: domain.ErrUnavailable, Code: "unavailable"}},
		{context.Canceled, domain.Explanation{Kind: domain.ErrUnavailable, Code: "unavailable"}},
		{errors.Join(domain.ErrUnavailable, domain.ErrNotFound), domain.Explanation{Kind: domain.ErrUnavailable, Code: "unavailable"}},
		{errors.New("boom"), domain.Explanation{Code: "internal"}},
		{&domain.ValidationError{Problems: fields}, domain.Explanation{Kind: domain.ErrInvalid, Code: "validation_failed", Fields: fields}},
		{coded, domain.Explanation{Kind: domain.ErrConflict, Code: "owner_deleted", Detail: "Gone."}},
		{domain.ErrInvalidCursor,
			domain.Explanation{Kind: domain.ErrMalformed, Code: "invalid_cursor", Detail: domain.ErrInvalidCursor.Message}},
	} {
		got := domain.Explain(fmt.Errorf("secret: %w", tt.err))
		if got.Detail == "" {
			t.Errorf("%v: no detail", tt.err)
		}
		if tt.want.Detail == "" {
			got.Detail = ""
		}
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateErrors()); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.err, diff)
		}
	}
}
