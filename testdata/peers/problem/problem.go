// Package problem is the errors that the comparators answer with: problems of RFC 9457, with the members
// that the contract of the API names.
package problem

import (
	"encoding/json"
	"net/http"
)

// ContentType is the media type of a problem.
const ContentType = "application/problem+json"

// Problem is an answer that says what was wrong.
type Problem struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Code      string  `json:"code"`
	Detail    string  `json:"detail,omitempty"`
	Errors    []Field `json:"errors,omitempty"`
	RequestID string  `json:"requestId,omitempty"`
}

// Field says what is wrong with one field.
type Field struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// New makes a problem.
func New(status int, code, detail string) Problem {
	return Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// JSON is p as it is sent.
func (p Problem) JSON() []byte {
	data, _ := json.Marshal(p) // strings and numbers always encode
	return data
}
