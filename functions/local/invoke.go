package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"

	"rental.example/functions/local/sandbox"
)

// invocations is the part of Lambda's API that "aws lambda invoke" calls. It invokes any function.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
type invocations struct {
	lambda    *sandbox.Service
	functions map[string]sandbox.Function // by name
	newID     func() string
}

func (i invocations) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", i.invoke)
	return withJSONErrors(mux)
}

func (i invocations) invoke(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	name = strings.TrimSuffix(name, ":live")     // the deployed alias
	name = name[strings.LastIndex(name, ":")+1:] // of an ARN
	f, ok := i.functions[name]
	event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, sandbox.MaxRequestSize))
	if len(event) == 0 {
		event = []byte("{}")
	}
	switch invocationType := cmp.Or(r.Header.Get("X-Amz-Invocation-Type"), "RequestResponse"); {
	case !ok:
		writeInvokeError(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+sandbox.Function{Name: name}.ARN())
	case invocationType != "RequestResponse":
		writeInvokeError(w, http.StatusBadRequest, "InvalidParameterValueException", "only the invocation type RequestResponse is supported here")
	case err != nil:
		writeInvokeError(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException", "the payload is larger than 6 MiB, or did not arrive")
	case !json.Valid(event):
		writeInvokeError(w, http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json")
	default:
		i.run(w, r, f, event)
	}
}

func (i invocations) run(w http.ResponseWriter, r *http.Request, f sandbox.Function, event []byte) {
	id := i.newID()
	result, err := i.lambda.Invoke(r.Context(), f, sandbox.Invocation{Event: event, RequestID: id, Trace: sandbox.TraceHeader(r.Header)})
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Amzn-Requestid", id)
	h.Set("X-Amz-Executed-Version", "$LATEST")
	if err != nil {
		h.Set("X-Amz-Function-Error", "Unhandled")
		result, _ = json.Marshal(map[string]string{"errorMessage": err.Error(), "errorType": errorType(err)})
	}
	_, _ = w.Write(result) // an error means that the client is gone
}

// errorType returns the errorType of Lambda, or of the runtime in aws-lambda-go.
func errorType(err error) string {
	var timeout *sandbox.TimeoutError
	var tooLarge *sandbox.ResponseTooLargeError
	var panicked *sandbox.PanicError
	t := reflect.TypeOf(err)
	switch {
	case errors.As(err, &timeout):
		return "Sandbox.Timedout"
	case errors.As(err, &tooLarge):
		return "Function.ResponseSizeTooLarge"
	case errors.As(err, &panicked):
		t = reflect.TypeOf(panicked.Value)
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

// writeInvokeError writes an error of the service's REST-JSON protocol.
func writeInvokeError(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("X-Amzn-Errortype", code)
	writeJSON(w, status, map[string]string{"Type": "User", "Message": message})
}
