// Package domain is the kernel that the bounded contexts share: kinds of error, problems of fields,
// the caller, versions, and the conditions under which a record may be written.
//
// It imports the standard library alone. The contexts below it, user and item, import it and never
// each other; adapters import the domain and never the other way round. So a rule is found here or in
// its context, whatever database or transport it runs on.
package domain

import "errors"

// The kinds of failure that a port or a rule reports. Adapters wrap them with %w and the cause;
// callers match them with errors.Is, and only the transport knows what status they become.
var (
	// ErrUnauthenticated: nobody is known to be calling.
	ErrUnauthenticated = errors.New("unauthenticated")
	// ErrForbidden: the caller is known, and may not do this.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound: there is no such record, or it has been deleted.
	ErrNotFound = errors.New("not found")
	// ErrConflict: other writers kept winning; nothing was written.
	ErrConflict = errors.New("conflict")
	// ErrPreconditionFailed: the record is not in the state that the caller's Condition demands;
	// nothing was written.
	ErrPreconditionFailed = errors.New("precondition failed")
	// ErrInvalid: the request is well-formed, and a rule refuses it.
	ErrInvalid = errors.New("invalid")
	// ErrUnavailable: a store throttles, times out or answers nonsense. Whether a write took effect
	// is unknown.
	ErrUnavailable = errors.New("unavailable")
)

// CodedError is a kind of failure under a name of its own, for a rule of one context that clients have to
// tell from others of the kind. It matches its kind by errors.Is.
type CodedError struct {
	Kind    error  // one of the kinds above
	Code    string // for programs, in lower case with underscores
	Message string // a sentence for a person
}

// Error is the code.
func (r *CodedError) Error() string { return r.Code }

// Unwrap returns the kind.
func (r *CodedError) Unwrap() error { return r.Kind }
