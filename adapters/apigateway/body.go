package apigateway

import (
	"encoding/base64"
	"mime"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// MaxBodySize is how large a request's body may be, in bytes as the client sent it.
const MaxBodySize = 64 << 10

// Decode reads the request's JSON body into a new T. What it refuses is in the order of its checks:
// 413 a body over MaxBodySize; 415 one that is not application/json (for PATCH also
// application/merge-patch+json, RFC 7396); 400 one that is not a single JSON object in UTF-8, or has a
// member that T.Fields does not name exactly, twice, or of another type.
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
		return "", refuse(payloadTooLarge, "The body has more than 65536 bytes.")
	}
	contentType, _ := header(req, "Content-Type")
	if !acceptable(contentType, req.HTTPMethod == "PATCH") {
		return "", refuse(unsupportedMediaType, "The body must be application/json, and its Content-Type must say so.")
	}
	if !req.IsBase64Encoded {
		return req.Body, nil
	}
	body, err := base64.StdEncoding.DecodeString(req.Body)
	if err != nil {
		return "", refuse(invalidJSON, "The body is marked as base64 and is not.")
	}
	return string(body), nil
}

func acceptable(contentType string, mergePatch bool) bool {
	if contentType == "application/json" {
		return true
	}
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8") {
		return false
	}
	return media == "application/json" || mergePatch && media == "application/merge-patch+json"
}
