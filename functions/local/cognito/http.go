package cognito

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxBodySize is more than any operation needs, in bytes.
const maxBodySize = 128 << 10

const (
	jsonType     = "application/x-amz-json-1.1"
	targetPrefix = "AWSCognitoIdentityProviderService."
)

// ServeHTTP serves POST / with the operation of the X-Amz-Target header, GET of the pool's key set and discovery
// document, and CORS preflights of both.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonParameters.html
func (p *Pool) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Origin")
	w.Header().Set("X-Amzn-RequestId", newUUID())
	switch {
	case r.Method == http.MethodOptions:
		p.preflight(w, r)
	case r.Method == http.MethodPost && r.URL.Path == "/":
		p.serveOperation(w, r)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		allowOrigin(w.Header(), r)
		p.serveDocument(w, r)
	default:
		writeJSON(w, http.StatusMethodNotAllowed, "application/json", map[string]string{"message": "Method Not Allowed"})
	}
}

func (p *Pool) serveOperation(w http.ResponseWriter, r *http.Request) {
	name, op, err := p.operation(r)
	if op.signed {
		err = p.checkOrigin(r)
	} else {
		allowOrigin(w.Header(), r)
	}
	if err != nil {
		p.writeError(w, name, err)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodySize))
	if err != nil {
		p.writeError(w, name, bodyError(err))
		return
	}
	out, err := op.run(body)
	if err != nil {
		p.writeError(w, name, err)
		return
	}
	p.log.DebugContext(r.Context(), "user pool", "operation", name)
	writeJSON(w, http.StatusOK, jsonType, out)
}

// operation returns the operation of the request's headers, and its name, which is safe to log: it is empty if there is
// no such operation. Like the service, it fails for another content type.
func (p *Pool) operation(r *http.Request) (string, operation, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != jsonType {
		return "", operation{}, badRequest("UnknownOperationException", "The Content-Type of an operation is "+jsonType+".")
	}
	name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	op, known := p.operations[name]
	if !ok || !known {
		return "", operation{}, badRequest("UnknownOperationException", "The local user pool does not serve this operation.")
	}
	return name, op, nil
}

func bodyError(err error) error {
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return &apiError{name: "RequestEntityTooLargeException", message: "Request is too large.", status: http.StatusRequestEntityTooLarge}
	}
	return errSerialization
}

// writeError writes the error's name in header and body. In the header a colon follows it, as from the service: SDKs cut
// it off, and so must other clients.
func (p *Pool) writeError(w http.ResponseWriter, operation string, err error) {
	apiErr := (*apiError)(nil)
	if !errors.As(err, &apiErr) {
		p.log.Error("user pool", "operation", operation, "error", err)
		apiErr = &apiError{name: "InternalErrorException", message: "Internal error", status: http.StatusInternalServerError}
	}
	p.log.Debug("user pool", "operation", operation, "error_name", apiErr.name)
	w.Header().Set("X-Amzn-ErrorType", apiErr.name+":")
	writeJSON(w, apiErr.status, jsonType, errorBody{Type: apiErr.name, Message: apiErr.message})
}

type errorBody struct {
	Type    string `json:"__type"`
	Message string `json:"message"`
}

func writeJSON(w http.ResponseWriter, status int, media string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "cannot encode the response", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	w.Write(body) // an error means that the client is gone
}

// allowOrigin lets pages of any origin read the response, as the service does.
func allowOrigin(h http.Header, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "x-amzn-RequestId, x-amzn-ErrorType, Date")
	}
}

// checkOrigin fails for requests from pages of another origin.
func (p *Pool) checkOrigin(r *http.Request) error {
	if p.origins.Check(r) != nil {
		return errCrossOrigin
	}
	return nil
}

// preflight serves a CORS preflight, which does not name the operation. A page that requests the Authorization header is
// about to call a signed one.
func (p *Pool) preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Add("Vary", "Access-Control-Request-Headers")
	requested := r.Header.Get("Access-Control-Request-Headers")
	if strings.Contains(strings.ToLower(requested), "authorization") {
		p.writeError(w, "", errCrossOrigin)
		return
	}
	allowOrigin(h, r)
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	if requested != "" {
		h.Set("Access-Control-Allow-Headers", requested)
	}
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}
