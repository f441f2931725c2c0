package domain

// ErrInvalidCursor refuses a position that no page of the list returned.
var ErrInvalidCursor = &CodedError{Kind: ErrMalformed, Code: "invalid_cursor",
	Message: "The cursor is not one that this listing gave out."}

// Limits of the records of a page.
const (
	DefaultLimit = 10
	MaxLimit     = 50
)

// CheckLimit returns the number of records of a page: *limit, or DefaultLimit if limit is nil. A number that is not from 1 to
// MaxLimit is a problem.
func (p *Problems) CheckLimit(limit *int) int {
	if limit == nil {
		return DefaultLimit
	}
	if *limit < 1 || *limit > MaxLimit {
		p.Add("limit", CodeOutOfRange, "must be a whole number from 1 to 50")
	}
	return *limit
}
