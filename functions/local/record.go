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

// recorder writes events and responses as the fixtures under testdata are: one file each, with nothing but
// what fixture lets stay, and the same from run to run, since clock and ids are frozen.
type recorder struct {
	dir    string
	logger *slog.Logger
	create func(path string) (io.WriteCloser, error)

	ids sequence

	mu      sync.Mutex
	events  map[string]int // by folder
	fixture fixture
	lost    int // events that could not be written
	err     error
}

// sequence makes ids that are the same from run to run.
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

// frozen is the time of everything that is recorded.
var frozen = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// newRecorder makes the folders events and golden below dir, which must not hold an earlier recording.
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
	return &recorder{dir: dir, logger: logger, create: create, events: map[string]int{}, fixture: fixture{}}, nil
}

func (r *recorder) now() time.Time { return frozen }

func (r *recorder) newID() string { return r.ids.next() }

// Err is the first reason why an event is missing from the recording, and how many are.
func (r *recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		return nil
	}
	return fmt.Errorf("-record: %d of the events are missing in %s: %w", r.lost, r.dir, r.err)
}

// record writes one event and its response: a request named by its order, method and resource, any other event
// by its order in a folder of its function.
func (r *recorder) record(function string, event, answer []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var e struct{ HTTPMethod, Resource string }
	_ = json.Unmarshal(event, &e) // what is no object is no request
	var err error
	if e.HTTPMethod == "" {
		err = r.writeEvent(function, event, answer)
	} else {
		resource := strings.Trim(strings.NewReplacer("/", "-", "{", "", "}", "").Replace(e.Resource), "-")
		err = r.writeRequest(r.name("")+"-"+strings.ToLower(e.HTTPMethod)+"-"+resource+".json", event, answer)
	}
	if err != nil {
		r.lost++
		r.err = cmp.Or(r.err, err)
		r.logger.Error("record", "function", function, "error", err)
	}
}

func (r *recorder) name(folder string) string {
	r.events[folder]++
	return fmt.Sprintf("%03d", r.events[folder])
}

func (r *recorder) writeEvent(function string, event, answer []byte) error {
	var e, resp any
	if err := errors.Join(json.Unmarshal(event, &e), json.Unmarshal(answer, &resp)); err != nil {
		return err
	}
	for _, sub := range []string{"events", "golden"} {
		if err := os.MkdirAll(filepath.Join(r.dir, sub, function), 0o755); err != nil {
			return err
		}
	}
	return r.write(filepath.Join(function, r.name(function)+".json"), r.fixture.value(e), r.fixture.value(resp))
}

func (r *recorder) writeRequest(name string, event, answer []byte) error {
	var e map[string]any
	var resp events.APIGatewayProxyResponse
	if err := errors.Join(json.Unmarshal(event, &e), json.Unmarshal(answer, &resp)); err != nil {
		return err
	}
	golden := struct { // the form of apigatewaytest.Response
		StatusCode int               `json:"statusCode"`
		Headers    map[string]string `json:"headers"`
		Body       any               `json:"body"`
	}{resp.StatusCode, r.fixture.responseHeaders(resp.Headers), r.fixture.text(resp.Body)}
	var opened any
	if json.Unmarshal([]byte(resp.Body), &opened) == nil {
		golden.Body = r.fixture.value(opened)
	}
	return r.write(name, r.fixture.request(e), golden)
}

// write makes both files of a fixture, or none: half a fixture, or an empty one, would be taken for a whole one.
func (r *recorder) write(name string, event, golden any) error {
	paths := []string{filepath.Join(r.dir, "events", name), filepath.Join(r.dir, "golden", name)}
	for i, v := range []any{event, golden} {
		if err := r.writeFile(paths[i], v); err != nil {
			for _, path := range paths {
				_ = os.Remove(path) // may be missing
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
