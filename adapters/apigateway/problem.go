package apigateway

import (
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
	invalidHeader        = kind{http.StatusBadRequest, "invalid_header"}
	routeNotFound        = kind{http.StatusNotFound, "route_not_found"}
	payloadTooLarge      = kind{http.StatusRequestEntityTooLarge, "payload_too_large"}
	unsupportedMediaType = kind{http.StatusUnsupportedMediaType, "unsupported_media_type"}
)

// statuses maps the kinds of the domain's errors to statuses; nil is the kind of an internal error.
var statuses = map[error]int{
	nil:                          http.StatusInternalServerError,
	domain.ErrMalformed:          http.StatusBadRequest,
	domain.ErrUnauthenticated:    http.StatusUnauthorized,
	domain.ErrForbidden:          http.StatusForbidden,
	domain.ErrNotFound:           http.StatusNotFound,
	domain.ErrConflict:           http.StatusConflict,
	domain.ErrPreconditionFailed: http.StatusPreconditionFailed,
	domain.ErrInvalid:            http.StatusUnprocessableEntity,
	domain.ErrUnavailable:        http.StatusServiceUnavailable,
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
	e := domain.Explain(err)
	return newProblem(kind{statuses[e.Kind], e.Code}, e.Detail, e.Fields)
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
