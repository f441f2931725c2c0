package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// recorder writes events and answers as the fixtures under testdata are: one file each, without tokens
// and e-mail addresses, and the same from run to run, since clock and ids stand still.
type recorder struct {
	dir    string
	logger *slog.Logger

	ids sequence

	mu     sync.Mutex
	events map[string]int    // by folder
	emails map[string]string // real to invented
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

// frozen is when everything happens that is recorded.
var frozen = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// newRecorder makes the folders events and golden below dir, which must not hold an earlier recording.
func newRecorder(dir string, logger *slog.Logger) (*recorder, error) {
	for _, sub := range []string{"events", "golden"} {
		path := filepath.Join(dir, sub)
		if err := os.MkdirAll(path, 0o755); err != nil {
			return nil, fmt.Errorf("-record: %w", err)
		}
		if files, err := os.ReadDir(path); err != nil || len(files) > 0 {
			return nil, fmt.Errorf("-record: %s holds files already (%v)", path, err)
		}
	}
	return &recorder{dir: dir, logger: logger, events: map[string]int{}, emails: map[string]string{}}, nil
}

func (r *recorder) now() time.Time { return frozen }

func (r *recorder) newID() string { return r.ids.next() }

// record writes one event and its answer: a request named by its order, method and resource, any other event
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
		r.logger.Error("record", "function", function, "error", err)
	}
}

func (r *recorder) name(folder string) string {
	r.events[folder]++
	return fmt.Sprintf("%03d", r.events[folder])
}

func (r *recorder) writeEvent(function string, event, answer []byte) error {
	name := filepath.Join(function, r.name(function)+".json")
	for sub, text := range map[string][]byte{"events": event, "golden": answer} {
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(r.dir, sub, function), 0o755); err != nil {
			return err
		}
		if err := writeJSON(filepath.Join(r.dir, sub, name), r.clean(v)); err != nil {
			return err
		}
	}
	return nil
}

func (r *recorder) writeRequest(name string, event, answer []byte) error {
	var e map[string]any
	if err := json.Unmarshal(event, &e); err != nil {
		return err
	}
	var resp events.APIGatewayProxyResponse
	if err := json.Unmarshal(answer, &resp); err != nil {
		return err
	}
	golden := struct { // the form of apigatewaytest.Answer
		StatusCode int               `json:"statusCode"`
		Headers    map[string]string `json:"headers"`
		Body       any               `json:"body"`
	}{resp.StatusCode, resp.Headers, resp.Body}
	var opened any
	if json.Unmarshal([]byte(resp.Body), &opened) == nil {
		golden.Body = r.clean(opened)
	}
	if isBase64, _ := e["isBase64Encoded"].(bool); isBase64 {
		e["body"] = r.cleanBase64(e["body"])
	}
	if err := writeJSON(filepath.Join(r.dir, "events", name), r.clean(e)); err != nil {
		return err
	}
	return writeJSON(filepath.Join(r.dir, "golden", name), golden)
}

func writeJSON(path string, v any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}

// clean replaces, in every text within v, what must not be kept, and what would differ the next time.
func (r *recorder) clean(v any) any {
	switch v := v.(type) {
	case string:
		return r.cleanText(v)
	case []any:
		for i := range v {
			v[i] = r.clean(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = r.clean(v[name])
			if fixed, changes := frozenMembers()[name]; changes {
				v[name] = fixed
			}
		}
	}
	return v
}

// frozenMembers are the claims that are another with every sign-in, and the times of messages.
func frozenMembers() map[string]string {
	const layout, id = "Mon Jan 02 15:04:05 MST 2006", "00000000-0000-4000-8000-000000000000"
	milliseconds := fmt.Sprint(frozen.UnixMilli())
	return map[string]string{
		"SentTimestamp": milliseconds, "ApproximateFirstReceiveTimestamp": milliseconds,
		"jti": id, "origin_jti": id, "event_id": id, "auth_time": fmt.Sprint(frozen.Unix()),
		"iat": frozen.Format(layout), "exp": frozen.Add(time.Hour).Format(layout),
	}
}

var (
	tokenForm = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`)
	// emailForm is generous: what stands around an @, percent-encoded or not.
	emailForm = regexp.MustCompile(`[^\s"<>,;:()&=/?\\]+(@|%40)[^\s"<>,;:()&=/?\\]+`)
)

func (r *recorder) cleanText(text string) string {
	return emailForm.ReplaceAllStringFunc(tokenForm.ReplaceAllString(text, "TOKEN"), r.invented)
}

func (r *recorder) cleanBase64(body any) any {
	text, _ := body.(string)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return body
	}
	return base64.StdEncoding.EncodeToString([]byte(r.cleanText(string(data))))
}

// invented is the same for the same address, so that what was equal stays equal. Addresses at
// example.com belong to nobody (RFC 2606) and stay.
func (r *recorder) invented(email string) string {
	plain := strings.Replace(email, "%40", "@", 1)
	if strings.HasSuffix(plain, "@example.com") {
		return email
	}
	if r.emails[plain] == "" {
		r.emails[plain] = fmt.Sprintf("person%d@example.com", len(r.emails)+1)
	}
	if plain != email {
		return strings.Replace(r.emails[plain], "@", "%40", 1)
	}
	return r.emails[plain]
}
