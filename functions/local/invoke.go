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

// maxPayload is Lambda's limit of an event that is waited for, in bytes.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maxPayload = 6 << 20

// invocations is Lambda's API, as far as "aws lambda invoke" needs it: any function can be sent an event.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
type invocations struct {
	lambda    *sandbox.Service
	functions map[string]sandbox.Function // by name
	newID     func() string
}

func (i invocations) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", i.invoke)
	return inJSON(mux)
}

func (i invocations) invoke(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	name = strings.TrimSuffix(name, ":live")     // the alias that is deployed
	name = name[strings.LastIndex(name, ":")+1:] // of an ARN
	f, ok := i.functions[name]
	event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	if len(event) == 0 {
		event = []byte("{}")
	}
	switch kind := cmp.Or(r.Header.Get("X-Amz-Invocation-Type"), "RequestResponse"); {
	case !ok:
		refuse(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+sandbox.Function{Name: name}.ARN())
	case kind != "RequestResponse":
		refuse(w, http.StatusBadRequest, "InvalidParameterValueException", "only the invocation type RequestResponse is served here")
	case err != nil:
		refuse(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException", "the payload is larger than 6 MiB, or did not arrive")
	case !json.Valid(event):
		refuse(w, http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json")
	default:
		i.run(w, r, f, event)
	}
}

func (i invocations) run(w http.ResponseWriter, r *http.Request, f sandbox.Function, event []byte) {
	id := i.newID()
	result, err := i.lambda.Invoke(r.Context(), f, sandbox.Invocation{Event: event, RequestID: id, Trace: sandbox.TraceOf(r.Header)})
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Amzn-Requestid", id)
	h.Set("X-Amz-Executed-Version", "$LATEST")
	if err != nil {
		h.Set("X-Amz-Function-Error", "Unhandled")
		result, _ = json.Marshal(map[string]string{"errorMessage": err.Error(), "errorType": errorType(err)})
	}
	_, _ = w.Write(result) // the client may have gone
}

// errorType is what Lambda, and the runtime in aws-lambda-go, call an error.
func errorType(err error) string {
	var late *sandbox.TimeoutError
	var panicked *sandbox.PanicError
	t := reflect.TypeOf(err)
	switch {
	case errors.As(err, &late):
		return "Sandbox.Timedout"
	case errors.As(err, &panicked):
		t = reflect.TypeOf(panicked.Value)
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

// refuse answers as the service does, in the form of its REST-JSON protocol.
func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("X-Amzn-Errortype", code)
	answer(w, status, map[string]string{"Type": "User", "Message": message})
}
