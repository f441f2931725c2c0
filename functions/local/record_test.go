package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/memory/memoryusers"
	"rental.example/functions/users"
)

// TestRecord: a recording can be replayed, has no personal data, and is equal from run to run.
func TestRecord(t *testing.T) {
	t.Parallel()
	personal := []string{"jörg.müller@firma.de", "o'brien@firma.de", "max@münchen.de", "real{name}@firma.de", "a&b@firma.de"}
	var runs [2]map[string]string
	for i := range runs {
		dir := t.TempDir()
		r := start(t, "-record", dir)
		token := r.signIn(t, "renter@example.com")
		r.call(t, 201, token, "POST", "/user", john)
		r.waitUntilIdle(t)
		for _, email := range personal {
			body, err := json.Marshal(map[string]any{"name": "Jörg", "email": email, "userType": "rentee"})
			if err != nil {
				t.Fatal(err)
			}
			status := 200
			if strings.Contains(email, "{") {
				body, status = append(body, 0xff), 400 // not UTF-8, so base64
			}
			r.call(t, status, token, "POST", "/user", string(body))
		}
		r.call(t, 404, token, "GET", "/users/secret.person%40firma.de", "")
		r.stop()
		<-r.stopped
		runs[i] = readAll(t, dir)
		if _, err := newRecorder(dir, nil); err == nil {
			t.Error("newRecorder accepts a directory with a recording")
		}
	}
	port := regexp.MustCompile(`localhost:\d+|"X-Forwarded-Port": (\[\s*)?"\d+"`)
	requests := 0
	for name, text := range runs[0] {
		isRequest := strings.Count(name, "/") == 1
		if isRequest {
			requests++
		}
		if isRequest && port.ReplaceAllString(text, "") != port.ReplaceAllString(runs[1][name], "") {
			t.Errorf("%s differs from run to run:\n%s\n%s", name, text, runs[1][name])
		}
		for _, body := range regexp.MustCompile(`"body": "([A-Za-z0-9+/=]{20,})"`).FindAllStringSubmatch(text, -1) {
			data, _ := base64.StdEncoding.DecodeString(body[1])
			text += string(data)
		}
		if found := regexp.MustCompile(`eyJ[\w-]+\.|gmail|firma|nchen`).FindString(text); found != "" {
			t.Errorf("%s holds %q:\n%s", name, found, text)
		}
	}
	if requests != 2*(len(personal)+2) {
		t.Errorf("%d files of requests", requests)
	}
	for name, want := range map[string]string{
		"events/UserEventsFunction/001.json": `"eventSource": "aws:dynamodb"`, "golden/UserEventsFunction/001.json": `"batchItemFailures": []`,
		"events/ItemSyncFunction/001.json": `"eventSource": "aws:sqs"`, "golden/ItemSyncFunction/001.json": `"batchItemFailures": []`,
	} {
		if !strings.Contains(runs[0][name], want) {
			t.Errorf("%s lacks %s:\n%s", name, want, runs[0][name])
		}
	}
	replay(t, runs[0]["events/001-post-user.json"], runs[0]["golden/001-post-user.json"])
}

// replay sends a recorded event to a function with an empty store.
func replay(t *testing.T, event, golden string) {
	t.Helper()
	now := func() time.Time { return frozen }
	routes := users.New(memoryusers.New(), now, slog.New(slog.DiscardHandler)).Routes()
	f := builder{options: options{origin: "http://localhost:3000"}, now: now, stderr: io.Discard}.http("users", routes)
	got := apigatewaytest.Invoke(t, f.New(), "invocation-1", []byte(event))
	var want apigatewaytest.Response
	if err := json.Unmarshal([]byte(golden), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" || got.StatusCode != 201 {
		t.Errorf("the recorded response differs (-recorded +replayed):\n%s", diff)
	}
}

func readAll(t *testing.T, dir string) map[string]string {
	t.Helper()
	requests, err1 := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	others, err2 := filepath.Glob(filepath.Join(dir, "*", "*", "*.json"))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, file := range append(requests, others...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel(dir, file)
		texts[filepath.ToSlash(name)] = string(data)
	}
	return texts
}
