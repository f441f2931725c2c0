// Package domain is the kernel that the bounded contexts share: error kinds and their explanations, field problems, the
// caller, ids, versions, and conditions of writes.
//
// It imports the standard library alone. Its subpackages user and item import it and never each other; adapters import
// the domain, and the domain imports no adapter.
package domain

import "errors"

// The kinds of error that ports and rules return. Adapters wrap them with %w and the cause; callers match them with
// errors.Is. Explain returns what a client may know of them; each transport maps the kinds to its statuses.
var (
	// ErrMalformed: the request has a wrong form.
	ErrMalformed = errors.New("malformed")
	// ErrUnauthenticated: the request has no verified caller.
	ErrUnauthenticated = errors.New("unauthenticated")
	// ErrForbidden: the caller is authenticated and not allowed to do this.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound: the record does not exist, or has been deleted.
	ErrNotFound = errors.New("not found")
	// ErrConflict: concurrent writes prevented this one; nothing was written.
	ErrConflict = errors.New("conflict")
	// ErrPreconditionFailed: the record does not satisfy the Condition; nothing was written.
	ErrPreconditionFailed = errors.New("precondition failed")
	// ErrInvalid: the request is well-formed and breaks a rule.
	ErrInvalid = errors.New("invalid")
	// ErrUnavailable: a store throttled, timed out or sent a malformed response. A write may or may not have taken effect.
	ErrUnavailable = errors.New("unavailable")
)

// CodedError is an error of a kind with a code of its own, for clients that must distinguish it from others of that
// kind. It unwraps to its kind.
type CodedError struct {
	Kind    error  // one of the kinds above
	Code    string // for programs, in lower case with underscores
	Message string // a sentence for a person
}

// Error returns the code.
func (e *CodedError) Error() string { return e.Code }

// Unwrap returns the kind.
func (e *CodedError) Unwrap() error { return e.Kind }
