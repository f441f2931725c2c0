package domain

import "strings"

// FieldProblem says what is wrong with one field of a draft.
type FieldProblem struct {
	Field   string // the name as the client wrote it
	Code    string // one of the Code constants
	Message string // for a person; never contains the value
}

// The codes of field problems.
const (
	CodeRequired   = "required"     // absent or empty, and it may not be
	CodeInvalid    = "invalid"      // not in the form that the field has
	CodeTooLong    = "too_long"     // more characters than allowed
	CodeOutOfRange = "out_of_range" // a number beyond its limits
)

// ValidationError is every problem of one draft together, so that a person corrects it in one go.
type ValidationError struct {
	Problems []FieldProblem // in the order of the draft's fields; never empty
}

// Error names every field with its problem.
func (e *ValidationError) Error() string {
	var b strings.Builder
	b.WriteString("validation failed")
	for i, p := range e.Problems {
		b.WriteString([]string{": ", "; "}[min(i, 1)])
		b.WriteString(p.Field + " " + p.Message)
	}
	return b.String()
}

// Unwrap returns ErrInvalid, which it is a kind of.
func (e *ValidationError) Unwrap() error { return ErrInvalid }

// Problems gathers what is wrong with a draft while a constructor reads it.
type Problems []FieldProblem

// Add notes one problem.
func (p *Problems) Add(field, code, message string) {
	*p = append(*p, FieldProblem{Field: field, Code: code, Message: message})
}

// Err is a *ValidationError with all problems, or nil when there are none.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return &ValidationError{Problems: p}
}
