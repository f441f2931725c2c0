package apigateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/domain"
)

// Problem is the body of every answer that is an error (RFC 9457).
type Problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Code      string         `json:"code"`
	Detail    string         `json:"detail"`
	Errors    []ProblemField `json:"errors,omitempty"`
	RequestID string         `json:"requestId"`

	headers []Header
}

// ProblemField is one field of a request and what is wrong with it.
type ProblemField struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// kind is a status together with the code that tells it from others of that status.
type kind struct {
	status int
	code   string
}

// The kinds of request that are refused before the domain sees them.
var (
	invalidJSON          = kind{http.StatusBadRequest, "invalid_json"}
	unknownField         = kind{http.StatusBadRequest, "unknown_field"}
	duplicateField       = kind{http.StatusBadRequest, "duplicate_field"}
	wrongType            = kind{http.StatusBadRequest, "wrong_type"}
	invalidParameter     = kind{http.StatusBadRequest, "invalid_parameter"}
	invalidCursor        = kind{http.StatusBadRequest, "invalid_cursor"}
	invalidHeader        = kind{http.StatusBadRequest, "invalid_header"}
	routeNotFound        = kind{http.StatusNotFound, "route_not_found"}
	payloadTooLarge      = kind{http.StatusRequestEntityTooLarge, "payload_too_large"}
	unsupportedMediaType = kind{http.StatusUnsupportedMediaType, "unsupported_media_type"}
)

// domainProblems is the one table from the domain's errors to answers; the first match counts. The
// texts are for the client, and tell nothing of the cause.
var domainProblems = []struct {
	err    error
	kind   kind
	detail string
}{
	{domain.ErrUnauthenticated, kind{http.StatusUnauthorized, "unauthenticated"}, "A valid Cognito ID token is needed."},
	{domain.ErrForbidden, kind{http.StatusForbidden, "forbidden"}, "You may not do this."},
	{domain.ErrUnavailable, kind{http.StatusServiceUnavailable, "unavailable"}, "The service cannot answer now. Try again."},
	{context.DeadlineExceeded, kind{http.StatusServiceUnavailable, "unavailable"}, "The service did not answer in time. Try again."},
	{context.Canceled, kind{http.StatusServiceUnavailable, "unavailable"}, "The service did not answer in time. Try again."},
	{domain.ErrNotFound, kind{http.StatusNotFound, "not_found"}, "There is no such record."},
	{domain.ErrPreconditionFailed, kind{http.StatusPreconditionFailed, "precondition_failed"}, "The record is not in the state that the request demands."},
	{domain.ErrInvalid, kind{http.StatusUnprocessableEntity, "validation_failed"}, "Some fields are not acceptable."},
	{domain.ErrConflict, kind{http.StatusConflict, "conflict"}, "Others are changing the record. Try again."},
}

// requestError is a request that is refused for its form.
type requestError struct {
	kind    kind
	detail  string
	fields  []domain.FieldProblem
	headers []Header // of the response
}

// Error is the code alone: details quote what the client sent, and errors end in the log.
func (e *requestError) Error() string { return e.kind.code }

func refuse(k kind, detail string) error { return &requestError{kind: k, detail: detail} }

var errRouteNotFound = refuse(routeNotFound, "There is no such route.")

// problemOf is the answer that err becomes. What it does not know is an opaque 500.
func problemOf(err error) Problem {
	var refused *requestError
	if errors.As(err, &refused) {
		p := newProblem(refused.kind, refused.detail, refused.fields)
		p.headers = refused.headers
		return p
	}
	for _, row := range domainProblems {
		if errors.Is(err, row.err) {
			return refine(newProblem(row.kind, row.detail, nil), err)
		}
	}
	return newProblem(kind{http.StatusInternalServerError, "internal"}, "Something went wrong on our side.", nil)
}

// refine adds to the problem of a kind what the error itself knows: its fields, or its own name.
func refine(p Problem, err error) Problem {
	var invalid *domain.ValidationError
	if errors.As(err, &invalid) {
		p.Errors = problemFields(invalid.Problems)
	}
	var refusal *domain.CodedError
	if errors.As(err, &refusal) {
		p.Code, p.Detail = refusal.Code, refusal.Message
	}
	return p
}

func newProblem(k kind, detail string, fields []domain.FieldProblem) Problem {
	return Problem{Type: "about:blank", Title: title(k.status), Status: k.status, Code: k.code, Detail: detail,
		Errors: problemFields(fields)}
}

// title is the status' name in RFC 9110, section 15. Two of them are older in net/http.
func title(status int) string {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return "Content Too Large"
	case http.StatusUnprocessableEntity:
		return "Unprocessable Content"
	}
	return http.StatusText(status)
}

func problemFields(fields []domain.FieldProblem) (out []ProblemField) {
	for _, f := range fields {
		out = append(out, ProblemField(f))
	}
	return out
}

func problemResponse(p Problem, requestID string) events.APIGatewayProxyResponse {
	p.RequestID = requestID
	body, _ := json.Marshal(p) // strings and integers always encode
	resp := respond(p.Status, p.headers)
	resp.Headers["Content-Type"] = "application/problem+json"
	if p.Status == http.StatusServiceUnavailable {
		resp.Headers["Retry-After"] = "1"
	}
	resp.Body = string(body)
	return resp
}
