package main

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// TestRecordedNames: only allowed headers and values of allowed parameters are recorded.
func TestRecordedNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, "-record", dir)
	req := newRequest(t, "GET", "http://"+r.address+"/items?q=drill&api_key=k-secret1&q2=a%40secret.example", "")
	for name, value := range map[string]string{
		"Authorization": "Basic dXNlcjpwYXNz", "X-Api-Key": "k-secret2", "Cookie": "sid=secret3", "X-Forwarded-For": "192.0.2.77",
		"Referer": "https://secret4.example/", "Idempotency-Key": "order of a.b@secret.example", "Accept": "application/json",
	} {
		req.Header.Set(name, value)
	}
	do(t, req, 400)
	token := r.signIn(t, "renter@example.com")
	for _, email := range []string{`rec\u0040secret.example`, `\u0072ec\u0040secret.\u0065xample`, `a\u0040secret.example" `, `\q\u0040secret.example`} {
		for _, end := range []string{`"}`, `"`, ``, `\`} {
			req := newRequest(t, "POST", "http://"+r.address+"/user", `{"name":"Ada","userType":"renter","email":"`+email+end)
			req.Header.Set("Authorization", token)
			req.Header.Set("Content-Type", "application/json")
			send(t, req) // 201, 200 or 400
		}
	}
	r.stop()
	<-r.stopped
	files := readAll(t, dir)
	for name, text := range files {
		if found := regexp.MustCompile(`dXNlcjpwYXNz|secret|192\.0\.2\.77`).FindString(text); found != "" {
			t.Errorf("%s holds %q:\n%s", name, found, text)
		}
	}
	event := files["events/001-get-items.json"]
	for _, want := range []string{`"q": "drill"`, `"api_key": "REMOVED"`, `"Authorization": "REMOVED"`, `"Accept": "application/json"`, `"X-Forwarded-For": "127.0.0.1"`} {
		if !strings.Contains(event, want) {
			t.Errorf("the event lacks %s:\n%s", want, event)
		}
	}
}

// TestSanitizer: the same rules apply to responses and to events of streams, topics and queues, at any depth.
func TestSanitizer(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"record":     `{"Records":[{"dynamodb":{"NewImage":{"email":{"S":"x@secret.example"},"x@secret.example":{"S":"1"}}}}]}`,
		"message":    `{"Records":[{"body":"{\"Message\":\"{\\\"email\\\":\\\"x\\u0040secret.example\\\"}\"}"}]}`,
		"escapes":    `{"a":"{\"b\":\"\\u0078\\u0040secret.example\"}"}`,
		"percent":    `{"path":"/users/x%40secret.example","twice":"x%2540secret.example"}`,
		"claims":     `{"requestContext":{"authorizer":{"claims":{"sub":"1","phone_number":"secret","email":"x@secret.example"}}}}`,
		"other auth": `{"headers":{"authorization":["secret"],"AUTHORIZATION":{"a":"secret"}}}`,
	} {
		var v map[string]any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(sanitizer{}.request(v))
		if err != nil || strings.Contains(string(out), "secret") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	headers := sanitizer{}.responseHeaders(map[string]string{"Set-Cookie": "secret", "location": "users/x@secret.example", "ETag": `"1"`})
	if len(headers) != 2 || strings.Contains(headers["location"], "secret") || headers["ETag"] != `"1"` {
		t.Errorf("response headers: %v", headers)
	}
	const untouched = `{"a" :"\u0061","a":1e2,"b":"<>&"} "x`
	if got := (sanitizer{}).text(untouched); got != untouched {
		t.Errorf("%s became %s", untouched, got)
	}
}

// TestAllowedParameters compares them with openapi.yaml.
func TestAllowedParameters(t *testing.T) {
	t.Parallel()
	var want []string
	for _, m := range regexp.MustCompile(`name: (\w+)\s+in: query`).FindAllStringSubmatch(samtest.ReadFile(t, "openapi.yaml"), -1) {
		want = append(want, m[1])
	}
	slices.Sort(want)
	if want = slices.Compact(want); !slices.Equal(want, allowedParameters) {
		t.Errorf("allowedParameters in sanitize.go are %q; openapi.yaml has %q: write those whose values may be committed", allowedParameters, want)
	}
}

// fullDisk is a file on a full disk.
type fullDisk struct{ *os.File }

// Write implements io.Writer.
func (f fullDisk) Write(data []byte) (int, error) {
	_, _ = f.File.Write(data[:len(data)/2])
	return len(data) / 2, errors.New("no space left on device")
}

// TestRecordOnFullDisk: no incomplete fixture stays, and Err reports the missing ones.
func TestRecordOnFullDisk(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"events", "golden"} {
		dir := t.TempDir()
		r, err := newRecorder(dir, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		r.create = func(path string) (io.WriteCloser, error) {
			file, err := os.Create(path)
			if strings.Contains(path, folder) {
				return fullDisk{file}, err
			}
			return file, err
		}
		r.record("UsersFunction", []byte(`{"httpMethod":"GET","resource":"/user"}`), []byte(`{"statusCode":404,"body":"{}"}`))
		r.record("ItemSyncFunction", []byte(`{}`), []byte(`{}`))
		if files := readAll(t, dir); len(files) != 0 {
			t.Errorf("%s full: files remain: %v", folder, files)
		}
		if err := r.Err(); err == nil || !strings.Contains(err.Error(), "-record: 2 of the events are missing") || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("%s full: %v", folder, err)
		}
	}
}
