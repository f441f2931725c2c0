package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// recorder writes events and responses as the fixtures under testdata, one file each: sanitized, and equal from run to
// run, since clock and ids are fixed.
type recorder struct {
	dir    string
	logger *slog.Logger
	create func(path string) (io.WriteCloser, error)

	ids sequence

	mu        sync.Mutex
	events    map[string]int // by folder
	sanitizer sanitizer
	failed    int // events that could not be written
	err       error
}

// sequence returns ids that are equal from run to run.
type sequence struct {
	mu sync.Mutex
	n  int
}

func (s *sequence) next() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", s.n)
}

// frozen is the time of all recorded events.
var frozen = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// newRecorder creates the folders events and golden in dir. It fails if they contain an earlier recording.
func newRecorder(dir string, logger *slog.Logger) (*recorder, error) {
	for _, sub := range []string{"events", "golden"} {
		path := filepath.Join(dir, sub)
		if err := os.MkdirAll(path, 0o755); err != nil {
			return nil, fmt.Errorf("-record: %w", err)
		}
		if files, err := os.ReadDir(path); err != nil {
			return nil, fmt.Errorf("-record: %w", err)
		} else if len(files) > 0 {
			return nil, fmt.Errorf("-record: %s holds files already; name another directory", path)
		}
	}
	create := func(path string) (io.WriteCloser, error) { return os.Create(path) }
	return &recorder{dir: dir, logger: logger, create: create, events: map[string]int{}, sanitizer: sanitizer{}}, nil
}

func (r *recorder) now() time.Time { return frozen }

func (r *recorder) newID() string { return r.ids.next() }

// Err returns the first error and how many events are missing from the recording.
func (r *recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		return nil
	}
	return fmt.Errorf("-record: %d of the events are missing in %s: %w", r.failed, r.dir, r.err)
}

// record writes one event and its response. The file of a request is named by its order, method and resource, that of
// another event by its order in a folder of its function.
func (r *recorder) record(function string, event, response []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var e struct{ HTTPMethod, Resource string }
	_ = json.Unmarshal(event, &e) // an event that is not an object is no request
	var err error
	if e.HTTPMethod == "" {
		err = r.writeEvent(function, event, response)
	} else {
		resource := strings.Trim(strings.NewReplacer("/", "-", "{", "", "}", "").Replace(e.Resource), "-")
		err = r.writeRequest(r.name("")+"-"+strings.ToLower(e.HTTPMethod)+"-"+resource+".json", event, response)
	}
	if err != nil {
		r.failed++
		r.err = cmp.Or(r.err, err)
		r.logger.Error("cannot record event", "function", function, "error", err)
	}
}

func (r *recorder) name(folder string) string {
	r.events[folder]++
	return fmt.Sprintf("%03d", r.events[folder])
}

func (r *recorder) writeEvent(function string, event, response []byte) error {
	var e, resp any
	if err := errors.Join(json.Unmarshal(event, &e), json.Unmarshal(response, &resp)); err != nil {
		return err
	}
	for _, sub := range []string{"events", "golden"} {
		if err := os.MkdirAll(filepath.Join(r.dir, sub, function), 0o755); err != nil {
			return err
		}
	}
	return r.write(filepath.Join(function, r.name(function)+".json"), r.sanitizer.value(e), r.sanitizer.value(resp))
}

func (r *recorder) writeRequest(name string, event, response []byte) error {
	var e map[string]any
	var resp events.APIGatewayProxyResponse
	if err := errors.Join(json.Unmarshal(event, &e), json.Unmarshal(response, &resp)); err != nil {
		return err
	}
	golden := struct { // the form of apigatewaytest.Response
		StatusCode int               `json:"statusCode"`
		Headers    map[string]string `json:"headers"`
		Body       any               `json:"body"`
	}{resp.StatusCode, r.sanitizer.responseHeaders(resp.Headers), r.sanitizer.text(resp.Body)}
	var decoded any
	if json.Unmarshal([]byte(resp.Body), &decoded) == nil {
		golden.Body = r.sanitizer.value(decoded)
	}
	return r.write(name, r.sanitizer.request(e), golden)
}

// write creates both files of a fixture, or neither: an incomplete fixture could be taken for a complete one.
func (r *recorder) write(name string, event, golden any) error {
	paths := []string{filepath.Join(r.dir, "events", name), filepath.Join(r.dir, "golden", name)}
	for i, v := range []any{event, golden} {
		if err := r.writeFile(paths[i], v); err != nil {
			for _, path := range paths {
				_ = os.Remove(path) // it may be missing
			}
			return err
		}
	}
	return nil
}

func (r *recorder) writeFile(path string, v any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	file, err := r.create(path)
	if err != nil {
		return err
	}
	_, err = file.Write(text.Bytes())
	return errors.Join(err, file.Close())
}
