package apigateway

import (
	"encoding/base64"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// MaxBodySize is the maximum size of a request's body, in bytes as sent by the client.
const MaxBodySize = 64 << 10

// Decode decodes the request's JSON body into a new T. Its errors, in the order of its checks: 413 if the body exceeds
// MaxBodySize; 415 if it is not application/json (for PATCH also application/merge-patch+json, RFC 7396) in UTF-8, or has
// a content coding; 400 if it is not one JSON object in UTF-8, or has a member that is not in T.Fields, is a duplicate,
// or has another type.
func Decode[T any, PT interface {
	*T
	Object
}](req events.APIGatewayProxyRequest) (T, error) {
	var value T
	body, err := readBody(&req)
	if err != nil {
		return value, err
	}
	return value, decodeObject(body, PT(&value).Fields())
}

func readBody(req *events.APIGatewayProxyRequest) (string, error) {
	size := len(req.Body)
	if req.IsBase64Encoded {
		size = base64.StdEncoding.DecodedLen(size) - (size - len(strings.TrimRight(req.Body, "=")))
	}
	if size > MaxBodySize {
		return "", newRequestError(payloadTooLarge, "The body has more than 65536 bytes.")
	}
	if err := checkMediaType(req); err != nil {
		return "", err
	}
	if !req.IsBase64Encoded {
		return req.Body, nil
	}
	body, err := base64.StdEncoding.DecodeString(req.Body)
	if err != nil {
		return "", newRequestError(invalidJSON, "The body is marked as base64 and is not.")
	}
	return string(body), nil
}

const (
	jsonType       = "application/json"
	mergePatchType = "application/merge-patch+json"
)

// checkMediaType returns a 415 error for another media type, charset or content coding. The response has the accepted
// ones in Accept or, for PATCH, Accept-Patch (RFC 5789, section 2.2), or in Accept-Encoding (RFC 9110, section 15.5.16).
func checkMediaType(req *events.APIGatewayProxyRequest) error {
	if coding, _ := header(req, "Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return unsupported("The body must be sent without a Content-Encoding.", Header{"Accept-Encoding", "identity"})
	}
	contentType, _ := header(req, "Content-Type")
	if contentType == jsonType {
		return nil // the common case
	}
	accepted, accept := []string{jsonType}, Header{"Accept", jsonType}
	if req.HTTPMethod == http.MethodPatch {
		accepted = append(accepted, mergePatchType)
		accept = Header{"Accept-Patch", strings.Join(accepted, ", ")}
	}
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || !slices.Contains(accepted, media) {
		return unsupported("The Content-Type must be "+strings.Join(accepted, " or ")+".", accept)
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return unsupported("The charset of the Content-Type must be utf-8, or be left out.", accept)
	}
	return nil
}

func unsupported(detail string, accept Header) error {
	return &requestError{kind: unsupportedMediaType, detail: detail, headers: []Header{accept}}
}
