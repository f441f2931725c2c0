package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// recorder writes events and answers as the fixtures under testdata are: one file each, without tokens
// and e-mail addresses, and the same from run to run, since clock and ids stand still.
type recorder struct {
	dir    string
	logger *slog.Logger

	mu     sync.Mutex
	ids    int
	events int
	emails map[string]string // real to invented
}

// frozen is when everything happens that is recorded.
var frozen = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func newRecorder(dir string, logger *slog.Logger) (*recorder, error) {
	for _, sub := range []string{"events", "golden"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, fmt.Errorf("-record: %w", err)
		}
	}
	return &recorder{dir: dir, logger: logger, emails: map[string]string{}}, nil
}

func (r *recorder) now() time.Time { return frozen }

func (r *recorder) newID() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ids++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", r.ids)
}

// record writes one event and its answer, named by their order, method and resource.
func (r *recorder) record(function string, event, answer []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var e struct{ HTTPMethod, Resource string }
	_ = json.Unmarshal(event, &e) // the gateway's own event
	r.events++
	resource := strings.Trim(strings.NewReplacer("/", "-", "{", "", "}", "").Replace(e.Resource), "-")
	name := fmt.Sprintf("%03d-%s-%s.json", r.events, strings.ToLower(e.HTTPMethod), resource)
	for sub, data := range map[string][]byte{"events": event, "golden": answer} {
		path := filepath.Join(r.dir, sub, name)
		if err := os.WriteFile(path, r.clean(data), 0o644); err != nil {
			r.logger.Error("record", "function", function, "error", err)
		}
	}
}

var (
	tokenForm  = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`)
	uniqueForm = regexp.MustCompile(`"(jti|origin_jti|event_id)":"[^"]*"`)
	emailForm  = regexp.MustCompile(`[\w.%+-]+@[\w-]+(\.[\w-]+)+`)
)

// clean replaces what must not be kept, and what would differ the next time.
func (r *recorder) clean(data []byte) []byte {
	data = tokenForm.ReplaceAll(data, []byte("TOKEN"))
	data = uniqueForm.ReplaceAll(data, []byte(`"$1":"00000000-0000-4000-8000-000000000000"`))
	data = emailForm.ReplaceAllFunc(data, func(email []byte) []byte { return []byte(r.invented(string(email))) })
	var indented bytes.Buffer
	if json.Indent(&indented, data, "", "  ") != nil {
		return data
	}
	return append(indented.Bytes(), '\n')
}

// invented is the same for the same address, so that what was equal stays equal. Addresses at
// example.com belong to nobody (RFC 2606) and stay.
func (r *recorder) invented(email string) string {
	if strings.HasSuffix(email, "@example.com") {
		return email
	}
	if r.emails[email] == "" {
		r.emails[email] = fmt.Sprintf("person%d@example.com", len(r.emails)+1)
	}
	return r.emails[email]
}
