package cognito

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxBody is far above what any operation takes.
const maxBody = 128 << 10

const (
	jsonType     = "application/x-amz-json-1.1"
	targetPrefix = "AWSCognitoIdentityProviderService."
)

// ServeHTTP answers POST / with the operation that X-Amz-Target names, GET of
// the pool's key set and discovery document, and CORS preflights of both. See
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
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		p.writeError(w, name, bodyError(err))
		return
	}
	out, err := op.run(r.Context(), body)
	if err != nil {
		p.writeError(w, name, err)
		return
	}
	p.log.DebugContext(r.Context(), "user pool", "operation", name)
	writeJSON(w, http.StatusOK, jsonType, out)
}

// operation finds what the headers ask for. Its name is safe to log: it is
// empty unless the table has it. The service does not recognise an operation
// in a body of another content type either.
func (p *Pool) operation(r *http.Request) (string, operation, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != jsonType {
		return "", operation{}, refusal("UnknownOperationException", "The Content-Type of an operation is "+jsonType+".")
	}
	name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	op, known := p.operations[name]
	if !ok || !known {
		return "", operation{}, refusal("UnknownOperationException", "The local user pool does not serve this operation.")
	}
	return name, op, nil
}

func bodyError(err error) error {
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return &apiError{name: "RequestEntityTooLargeException", message: "Request is too large.", status: http.StatusRequestEntityTooLarge}
	}
	return errSerialization
}

// writeError answers with the error's name in header and body, the colon of
// the header included: the SDKs cut at it, and so must other clients.
func (p *Pool) writeError(w http.ResponseWriter, operation string, err error) {
	refused := (*apiError)(nil)
	if !errors.As(err, &refused) {
		p.log.Error("user pool", "operation", operation, "error", err)
		refused = &apiError{name: "InternalErrorException", message: "Internal error", status: http.StatusInternalServerError}
	}
	p.log.Debug("user pool", "operation", operation, "refused", refused.name)
	w.Header().Set("X-Amzn-ErrorType", refused.name+":")
	writeJSON(w, refused.status, jsonType, errorBody{Type: refused.name, Message: refused.message})
}

type errorBody struct {
	Type    string `json:"__type"`
	Message string `json:"message"`
}

func writeJSON(w http.ResponseWriter, status int, media string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "encoding the answer failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	w.Write(body) // an error here is the client's going away
}

// allowOrigin lets pages of any origin read the response, as the service does.
func allowOrigin(h http.Header, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "x-amzn-RequestId, x-amzn-ErrorType, Date")
	}
}

// checkOrigin refuses what a page of another origin sends.
func (p *Pool) checkOrigin(r *http.Request) error {
	if p.origins.Check(r) != nil {
		return errCrossOrigin
	}
	return nil
}

// preflight does not learn the operation. A page that asks for the header of
// signatures is about to call a signed one.
func (p *Pool) preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Add("Vary", "Access-Control-Request-Headers")
	asked := r.Header.Get("Access-Control-Request-Headers")
	if strings.Contains(strings.ToLower(asked), "authorization") {
		p.writeError(w, "", errCrossOrigin)
		return
	}
	allowOrigin(h, r)
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	if asked != "" {
		h.Set("Access-Control-Allow-Headers", asked)
	}
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}
