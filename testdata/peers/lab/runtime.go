package lab

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// runtimeAPI is Lambda's side of one function. It hands out one event again and again, and looks at the
// function's accounts whenever that asks for the next one and so has nothing left to do.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
type runtimeAPI struct {
	event    []byte
	total    int
	asked    func(answered int) error // before each event, and after the last
	started  chan struct{}            // closed when asked may be called
	finished chan error               // takes one
	response func()                   // after each response; may be nil
	began    time.Time                // when the process was started

	mu     sync.Mutex
	handed int
	answer []byte
	failed error
}

func newRuntimeAPI(event []byte, total int) *runtimeAPI {
	return &runtimeAPI{event: event, total: total, started: make(chan struct{}), finished: make(chan error, 1)}
}

func (a *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/2018-06-01/runtime/invocation/next":
		a.next(w, r)
	case r.Method == http.MethodPost:
		a.take(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	<-a.started
	n, more := a.count()
	if !more {
		<-r.Context().Done() // until the function is ended
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprintf("8476a536-e9f4-11e8-9739-%012d", n))
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(10*time.Second).UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:peer")
	h.Set("Lambda-Runtime-Trace-Id", "Root=1-69572d05-000000000000000000000001;Parent=53995c3f42cd8ad8;Sampled=0")
	_, _ = w.Write(a.event)
}

// count counts an event that is asked for, and whether there is one.
func (a *runtimeAPI) count() (n int, more bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n = a.handed
	if n > a.total {
		return n, false
	}
	a.handed++
	if err := errors.Join(a.failed, a.asked(n)); err != nil || n == a.total {
		a.handed = a.total + 1
		a.finished <- err
		return n, false
	}
	return n, true
}

// take keeps an answer. An error of the function is none that a comparison could go on with.
func (a *runtimeAPI) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = body
	if a.response != nil {
		a.response()
	}
	if path := r.URL.Path; err == nil && !strings.HasSuffix(path, "/response") {
		err = fmt.Errorf("the function fails: %s", body)
	}
	if err != nil && a.failed == nil {
		a.failed = err
	}
	w.WriteHeader(http.StatusAccepted)
}
