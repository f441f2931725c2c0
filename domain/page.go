package domain

// ErrInvalidCursor refuses a position that no page of the list returned.
var ErrInvalidCursor = &CodedError{Kind: ErrMalformed, Code: "invalid_cursor",
	Message: "The cursor is not one that this listing gave out."}
