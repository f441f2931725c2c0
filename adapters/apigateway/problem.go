package apigateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/domain"
)

// Problem is the body of every error response (RFC 9457).
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

// ProblemField is the problem of one field of a request.
type ProblemField struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// kind is a status with a code that distinguishes it from others of the same status.
type kind struct {
	status int
	code   string
}

// The kinds of malformed requests.
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

// domainProblems maps errors of the domain to responses; the first match counts. The texts are public and do not reveal the
// cause.
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

// requestError is the error of a malformed request.
type requestError struct {
	kind    kind
	detail  string
	fields  []domain.FieldProblem
	headers []Header // of the response
}

// Error returns the code only: errors are logged, and details quote the client.
func (e *requestError) Error() string { return e.kind.code }

func newRequestError(k kind, detail string) error { return &requestError{kind: k, detail: detail} }

var errRouteNotFound = newRequestError(routeNotFound, "There is no such route.")

// problemOf maps err to a problem. An unknown error is an opaque 500.
func problemOf(err error) Problem {
	var malformed *requestError
	if errors.As(err, &malformed) {
		p := newProblem(malformed.kind, malformed.detail, malformed.fields)
		p.headers = malformed.headers
		return p
	}
	for _, row := range domainProblems {
		if errors.Is(err, row.err) {
			return addDetails(newProblem(row.kind, row.detail, nil), err)
		}
	}
	return newProblem(kind{http.StatusInternalServerError, "internal"}, "Something went wrong on our side.", nil)
}

// addDetails adds the fields of a *domain.ValidationError, or the code and message of a *domain.CodedError.
func addDetails(p Problem, err error) Problem {
	var invalid *domain.ValidationError
	if errors.As(err, &invalid) {
		p.Errors = problemFields(invalid.Problems)
	}
	var coded *domain.CodedError
	if errors.As(err, &coded) {
		p.Code, p.Detail = coded.Code, coded.Message
	}
	return p
}

func newProblem(k kind, detail string, fields []domain.FieldProblem) Problem {
	return Problem{Type: "about:blank", Title: title(k.status), Status: k.status, Code: k.code, Detail: detail,
		Errors: problemFields(fields)}
}

// title returns the name of a status in RFC 9110, section 15. net/http has older names for two.
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
