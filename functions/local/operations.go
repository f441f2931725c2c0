package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"rental.example/functions/local/pipeline"
	"rental.example/functions/local/template"
)

// peekLimit is the maximum number of messages in a response.
const peekLimit = 100

// operations serves /_local/, in place of the AWS CLI and the console.
type operations struct{ events *pipeline.Pipeline }

func (o operations) handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, handle := range o.routes() {
		mux.HandleFunc(pattern, handle)
	}
	return withJSONErrors(mux)
}

func (o operations) routes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /_local/health":                  o.health,
		"GET /_local/queues":                  o.queues,
		"GET /_local/queues/{name}":           o.peek,
		"POST /_local/queues/{name}/redrive":  o.redrive,
		"POST /_local/queues/{name}/purge":    o.purge,
		"POST /_local/functions/{name}/stop":  o.polling(false),
		"POST /_local/functions/{name}/start": o.polling(true),
	}
}

// withJSONErrors writes the errors of mux, for unknown paths and methods, in JSON.
func withJSONErrors(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		recorder := &statusOnly{ResponseWriter: w}
		h.ServeHTTP(recorder, r)
		writeError(w, recorder.status, http.StatusText(recorder.status))
	})
}

// statusOnly discards a response but for its status and headers.
type statusOnly struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (s *statusOnly) WriteHeader(status int) { s.status = status }

// Write implements http.ResponseWriter.
func (s *statusOnly) Write(data []byte) (int, error) { return len(data), nil }

func writeError(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"error": message})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(body) // an error means that the client is gone
}

func (o operations) health(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

type queueView struct {
	Name          string  `json:"name"`
	Visible       int     `json:"visible"`
	InFlight      int     `json:"inFlight"`
	Delayed       int     `json:"delayed"`
	OldestSeconds float64 `json:"oldestSeconds"`
}

func viewQueue(q *pipeline.Queue) queueView {
	d := q.Depth()
	return queueView{Name: q.Name(), Visible: d.Visible, InFlight: d.InFlight, Delayed: d.Delayed, OldestSeconds: inSeconds(d.Oldest)}
}

type functionView struct {
	Name          string  `json:"name"`
	Source        string  `json:"source"`
	Polling       bool    `json:"polling"`
	Waiting       int     `json:"waiting"`
	OldestSeconds float64 `json:"oldestSeconds"`
}

func viewMapping(m pipeline.Mapping) functionView {
	return functionView{Name: m.Function, Source: m.Source, Polling: m.Polling, Waiting: m.Waiting, OldestSeconds: inSeconds(m.Oldest)}
}

func inSeconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }

func (o operations) queues(w http.ResponseWriter, _ *http.Request) {
	var body struct {
		Queues    []queueView    `json:"queues"`
		Functions []functionView `json:"functions"`
	}
	for _, q := range o.events.Queues() {
		body.Queues = append(body.Queues, viewQueue(q))
	}
	for _, m := range o.events.Mappings() {
		body.Functions = append(body.Functions, viewMapping(m))
	}
	writeJSON(w, http.StatusOK, body)
}

// peek returns messages without receiving them.
func (o operations) peek(w http.ResponseWriter, r *http.Request) {
	q, ok := o.events.Queue(r.PathValue("name"))
	if !ok {
		o.writeNoQueue(w)
		return
	}
	writeJSON(w, http.StatusOK, struct {
		queueView
		Messages []pipeline.PeekedMessage `json:"messages"`
	}{viewQueue(q), q.Peek(peekLimit)})
}

// redrive responds when all is moved.
func (o operations) redrive(w http.ResponseWriter, r *http.Request) {
	result, err := o.events.Redrive(r.Context(), r.PathValue("name"))
	switch {
	case errors.Is(err, pipeline.ErrNoQueue):
		o.writeNoQueue(w)
	case errors.Is(err, pipeline.ErrNoSource), errors.Is(err, pipeline.ErrFailureRecords):
		writeError(w, http.StatusConflict, r.PathValue("name")+" cannot be redriven: "+err.Error())
	case err != nil:
		writeError(w, http.StatusInternalServerError, err.Error())
	default:
		remaining, _ := o.events.Queue(r.PathValue("name")) // includes the records that failed
		writeJSON(w, http.StatusOK, map[string]any{
			"to": result.To, "moved": result.Moved, "failed": result.Failed, "waiting": remaining.Depth().Visible,
		})
	}
}

func (o operations) purge(w http.ResponseWriter, r *http.Request) {
	q, ok := o.events.Queue(r.PathValue("name"))
	if !ok {
		o.writeNoQueue(w)
		return
	}
	writeJSON(w, http.StatusOK, map[string]int{"purged": q.Purge()})
}

// writeNoQueue writes the error for an unknown queue.
func (o operations) writeNoQueue(w http.ResponseWriter) {
	var names []string
	for _, q := range o.events.Queues() {
		names = append(names, q.Name())
	}
	writeError(w, http.StatusNotFound, pipeline.ErrNoQueue.Error()+"; the queues are "+strings.Join(names, ", "))
}

func (o operations) polling(on bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var names []string
		for _, m := range o.events.Mappings() {
			if names = append(names, m.Function); template.Folder(m.Function) != template.Folder(r.PathValue("name")) {
				continue
			}
			if err := o.events.SetPolling(m.Function, on); err != nil {
				writeError(w, http.StatusInternalServerError, err.Error())
				return
			}
			writeJSON(w, http.StatusOK, map[string]any{"name": m.Function, "polling": on})
			return
		}
		writeError(w, http.StatusNotFound, pipeline.ErrNoMapping.Error()+"; the functions with one are "+strings.Join(slices.Compact(names), ", "))
	}
}
