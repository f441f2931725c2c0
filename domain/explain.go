package domain

import (
	"context"
	"errors"
)

// Explanation is what a client may know of an error, whatever the transport. It does not reveal the cause.
type Explanation struct {
	Kind   error          // one of the kinds of error; nil: an internal error
	Code   string         // for programs, in lower case with underscores
	Detail string         // a sentence for a person
	Fields []FieldProblem // of a *ValidationError
}

// explanations has a row for each kind, and for the errors of contexts; the first match counts.
var explanations = []struct {
	err, kind    error
	code, detail string
}{
	{ErrUnauthenticated, ErrUnauthenticated, "unauthenticated", "A valid Cognito ID token is needed."},
	{ErrForbidden, ErrForbidden, "forbidden", "You may not do this."},
	{ErrUnavailable, ErrUnavailable, "unavailable", "The service cannot answer now. Try again."},
	{context.DeadlineExceeded, ErrUnavailable, "unavailable", "The service did not answer in time. Try again."},
	{context.Canceled, ErrUnavailable, "unavailable", "The service did not answer in time. Try again."},
	{ErrNotFound, ErrNotFound, "not_found", "There is no such record."},
	{ErrPreconditionFailed, ErrPreconditionFailed, "precondition_failed", "The record is not in the state that the request demands."},
	{ErrMalformed, ErrMalformed, "malformed", "The request is malformed."},
	{ErrInvalid, ErrInvalid, "validation_failed", "Some fields are not acceptable."},
	{ErrConflict, ErrConflict, "conflict", "Others are changing the record. Try again."},
}

// Explain returns the explanation of err: that of its kind, with the fields of a *ValidationError, or the code and message
// of a *CodedError.
func Explain(err error) Explanation {
	e := Explanation{Code: "internal", Detail: "Something went wrong on our side."}
	for _, row := range explanations {
		if errors.Is(err, row.err) {
			e = Explanation{Kind: row.kind, Code: row.code, Detail: row.detail}
			break
		}
	}
	var invalid *ValidationError
	if errors.As(err, &invalid) {
		e.Fields = invalid.Problems
	}
	var coded *CodedError
	if errors.As(err, &coded) {
		e.Code, e.Detail = coded.Code, coded.Message
	}
	return e
}
