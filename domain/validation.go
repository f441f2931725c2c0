package domain

import "strings"

// FieldProblem is one invalid field of a draft.
type FieldProblem struct {
	Field   string // the name as the client wrote it
	Code    string // one of the Code constants
	Message string // for a person; never contains the value
}

// The codes of field problems.
const (
	CodeRequired   = "required"     // absent or empty
	CodeInvalid    = "invalid"      // wrong format
	CodeTooLong    = "too_long"     // too many characters or elements
	CodeOutOfRange = "out_of_range" // number out of range
)

// ValidationError is all problems of one draft.
type ValidationError struct {
	Problems []FieldProblem // in the order of the draft's fields; never empty
}

// Error lists every field with its problem.
func (e *ValidationError) Error() string {
	all := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		all[i] = p.Field + " " + p.Message
	}
	return "validation failed: " + strings.Join(all, "; ")
}

// Unwrap returns ErrInvalid.
func (e *ValidationError) Unwrap() error { return ErrInvalid }

// Problems collects the problems of a draft.
type Problems []FieldProblem

// Add appends one problem.
func (p *Problems) Add(field, code, message string) {
	*p = append(*p, FieldProblem{Field: field, Code: code, Message: message})
}

// Err returns a *ValidationError with all problems, or nil if there are none.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return &ValidationError{Problems: p}
}
