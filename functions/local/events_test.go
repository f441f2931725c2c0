package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/samtest"
	"rental.example/domain"
	"rental.example/functions/local/sandbox"
)

// fast is a hundred times as fast as deployed: what takes three minutes there takes two seconds.
var fast = []string{"-speed", "100"}

// eventually asks until what is wanted is true. That has to be within two seconds in memory.
func eventually(t *testing.T, what string, within time.Duration, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

const (
	soon    = 2 * time.Second
	settled = 20 * time.Second // an unhurried machine needs four
)

// get is the status and body of a public resource.
func (r *runner) get(t *testing.T, path string) (int, string) {
	t.Helper()
	return ask(t, "GET", "http://"+r.address+path, "")
}

// listed lists an item for the caller and returns its id.
func (r *runner) listed(t *testing.T, token, name string) string {
	t.Helper()
	var made struct{ ID string }
	if err := json.Unmarshal(r.call(t, 201, token, "POST", "/items", `{"name":"`+name+`","lat":1,"lng":1}`), &made); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func (r *runner) rename(t *testing.T, token, name string) {
	t.Helper()
	r.call(t, 200, token, "PATCH", "/user", `{"name":"`+name+`"}`)
}

// shows waits until the item has an owner of that name.
func (r *runner) shows(t *testing.T, id, owner string, within time.Duration) {
	t.Helper()
	eventually(t, "GET /items/"+id+" shows "+owner, within, func() bool {
		_, body := r.get(t, "/items/"+id)
		return strings.Contains(body, `"name":"`+owner+`"`)
	})
}

// idle waits until nothing is left in any queue, nor on its way to one.
func (r *runner) idle(t *testing.T) {
	t.Helper()
	eventually(t, "all queues are empty", settled, func() bool {
		_, body := r.get(t, "/_local/queues")
		var all struct {
			Queues    []queueView
			Functions []functionView
		}
		if err := json.Unmarshal([]byte(body), &all); err != nil || len(all.Queues) != 4 || len(all.Functions) != 2 {
			t.Fatalf("queues: %v\n%s", err, body)
		}
		return !slices.ContainsFunc(all.Queues, func(q queueView) bool { return q.Visible+q.InFlight+q.Delayed > 0 }) &&
			!slices.ContainsFunc(all.Functions, func(f functionView) bool { return f.Waiting > 0 })
	})
}

// TestEvents: what happens to a profile is soon true for its items, and the log follows it by one id.
func TestEvents(t *testing.T) {
	t.Parallel()
	r := start(t, fast...)
	testEvents(t, r, soon)
	r.stop()
	if err := <-r.stopped; err != nil {
		t.Errorf("it did not end cleanly: %v", err)
	}
}

func testEvents(t *testing.T, r *runner, within time.Duration) {
	t.Helper()
	token := r.signIn(t, "renter@example.com")
	r.call(t, 201, token, "POST", "/user", john)
	word := "Unheard" + strings.ToLower(rand.Text())
	ids := []string{r.listed(t, token, word), r.listed(t, token, word)}
	r.rename(t, token, "Johanna")
	for _, id := range ids {
		r.shows(t, id, "Johanna", within)
	}
	r.checkLog(t, "PATCH /user", "published", "owner event merged")
	r.call(t, 204, token, "DELETE", "/user", "")
	for _, id := range ids {
		eventually(t, "the item is gone", within, func() bool { status, _ := r.get(t, "/items/"+id); return status == 404 })
	}
	if _, body := r.get(t, "/items?q="+word); !strings.Contains(body, `"items":[]`) {
		t.Errorf("search: %s", body)
	}
	r.idle(t)
	removal := r.checkLog(t, "DELETE /user", "published", "owner event merged", "items removed")
	if removal["settled"] != true {
		t.Errorf("the last removal: %v", removal)
	}
	r.checkRequestID(t, token)
	for _, personal := range []string{"john", "Johanna", "doe@gmail.com", "11111111-1111", string(domain.UserIDOf("11111111-1111-4111-8111-111111111111"))} {
		if strings.Contains(r.log.String(), personal) {
			t.Errorf("the log holds %q:\n%s", personal, r.log)
		}
	}
}

// checkLog waits for a line of each hop with the correlation id of the last request of a route, and returns the
// last line of the last hop. A line is written after what it tells of.
func (r *runner) checkLog(t *testing.T, route string, hops ...string) (last map[string]any) {
	t.Helper()
	id := r.lastLine(t, func(l map[string]any) bool { return l["route"] == route })["correlation_id"]
	if id == nil || id == "" {
		t.Fatalf("no request %s in the log", route)
	}
	for _, hop := range hops {
		eventually(t, fmt.Sprintf("the log tells that %s is %s under %s", route, hop, id), soon, func() bool {
			last = r.lastLine(t, func(l map[string]any) bool { return l["message"] == hop && l["correlation_id"] == id })
			return last != nil
		})
	}
	return last
}

// checkRequestID: the id in an answer finds its line, which tells the id that finds all others.
func (r *runner) checkRequestID(t *testing.T, token string) {
	t.Helper()
	var problem struct{ RequestID string }
	if err := json.Unmarshal(r.call(t, 422, token, "POST", "/user", `{"name":""}`), &problem); err != nil {
		t.Fatal(err)
	}
	line := r.lastLine(t, func(l map[string]any) bool { return l["api_request_id"] == problem.RequestID })
	if line["status"] != 422.0 || line["correlation_id"] == "" || line["correlation_id"] != line["function_request_id"] {
		t.Errorf("the line of request %s: %v", problem.RequestID, line)
	}
}

// lastLine is the last line of the log that is as wanted, or nil.
func (r *runner) lastLine(t *testing.T, wanted func(map[string]any) bool) (last map[string]any) {
	t.Helper()
	for line := range strings.Lines(r.log.String()) {
		var l map[string]any
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("log line %q: %v", line, err)
		}
		if wanted(l) {
			last = l
		}
	}
	return last
}

// TestEventsOnEngines: the same on a real stream and a real index; and when the index of owners is lost, republish
// brings it back.
func TestEventsOnEngines(t *testing.T) {
	t.Parallel()
	table, index := samtest.Endpoint(t, "DYNAMODB_ENDPOINT", "dynamodb"), samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "opensearch")
	alias := "items-" + strings.ToLower(rand.Text())
	r := startIn(t, map[string]string{"USERS_TABLE": "users-" + rand.Text(), "OPEN_SEARCH_INDEX": alias},
		append(fast, "-dynamodb", table, "-opensearch", index)...)
	testEvents(t, r, 10*time.Second)
	token := r.signIn(t, "rentee@example.com")
	r.call(t, 201, token, "POST", "/user", john)
	id := r.listed(t, token, "Ladder")
	r.shows(t, id, "john", 10*time.Second)
	r.idle(t)
	req, err := http.NewRequest("DELETE", index+"/"+alias+"-owners-v1", nil)
	if err != nil {
		t.Fatal(err)
	}
	do(t, req, 200)
	if _, body := r.get(t, "/items/"+id); strings.Contains(body, "john") {
		t.Errorf("the owner is still there: %s", body)
	}
	r.republish(t)
	r.shows(t, id, "john", 10*time.Second)
}

func (r *runner) republish(t *testing.T) {
	t.Helper()
	got := r.call(t, 200, "", "POST", "/2015-03-31/functions/RepublishFunction/invocations", "{}")
	var report struct{ Published int }
	if err := json.Unmarshal(got, &report); err != nil || report.Published == 0 {
		t.Errorf("republish: %s, %v", got, err)
	}
}

// TestRepublish: events that were lost while itemsync was stopped are told again.
func TestRepublish(t *testing.T) {
	t.Parallel()
	r := start(t)
	token := r.signIn(t, "renter@example.com")
	r.call(t, 201, token, "POST", "/user", john)
	id := r.listed(t, token, "Ladder")
	r.shows(t, id, "john", soon)
	r.idle(t)
	r.call(t, 200, "", "POST", "/_local/functions/ItemSyncFunction/stop", "")
	r.rename(t, token, "Johanna")
	var queue struct {
		Visible  int
		Messages []messageView
	}
	eventually(t, "a message waits", soon, func() bool {
		_, body := r.get(t, "/_local/queues/ItemSyncQueue")
		return json.Unmarshal([]byte(body), &queue) == nil && queue.Visible == 1
	})
	if m := queue.Messages[0]; !strings.Contains(m.Body, "Johanna") || m.Attributes["eventType"] != "user.profile.updated.v1" || m.ReceiveCount != 0 {
		t.Errorf("message: %+v", m)
	}
	if got := r.call(t, 200, "", "POST", "/_local/queues/ItemSyncQueue/purge", ""); !bytes.Contains(got, []byte(`"purged": 1`)) {
		t.Errorf("purge: %s", got)
	}
	r.call(t, 200, "", "POST", "/_local/functions/ItemSyncFunction/start", "")
	if _, body := r.get(t, "/items/"+id); !strings.Contains(body, `"name":"john"`) {
		t.Errorf("item: %s", body)
	}
	r.republish(t)
	r.shows(t, id, "Johanna", soon)
}

// TestRecovery: functions that fail, before their work or after it, lose nothing.
func TestRecovery(t *testing.T) {
	t.Parallel()
	r := start(t, append(fast, "-fail", "userevents:1-3,itemsync:1,itemsync:2!,users:3")...)
	token := r.signIn(t, "renter@example.com")
	r.call(t, 201, token, "POST", "/user", john)
	id := r.listed(t, token, "Ladder")
	r.rename(t, token, "Johanna")
	r.call(t, 502, token, "GET", "/user", "")
	r.shows(t, id, "Johanna", settled)
	r.idle(t)
	for _, want := range []string{"UserEventsFunction", "ItemSyncFunction", "injected fault before", "injected fault after"} {
		if !strings.Contains(r.log.String(), want) {
			t.Errorf("the log does not tell of %q:\n%s", want, r.log)
		}
	}
}

// TestPoisonRecord: what lies with the dead letters of the stream is replayed by its own function.
func TestPoisonRecord(t *testing.T) {
	t.Parallel()
	sys, err := newSystem(t.Context(), options{origin: "http://localhost:3000", speed: 1}, "localhost", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer sys.startEvents()()
	_, err = sys.lambda.Invoke(t.Context(), sys.functions()["UserEventsFunction"], sandbox.Invocation{Event: []byte(`{"Records":[{"eventID":"e1"}]}`), RequestID: "r1"})
	if err != nil {
		t.Fatal(err)
	}
	dead := sys.events.DeadLetters()
	if got := dead.Peek(2); len(got) != 1 || got[0].Body != `{"eventID":"e1"}` || got[0].Attributes["eventId"] != "e1" {
		t.Fatalf("dead letters: %+v", got)
	}
	done, err := sys.events.Redrive(t.Context(), dead.Name())
	if err != nil || done.Moved != 1 || dead.Depth().Visible != 1 { // still poison, and kept
		t.Errorf("redriven: %+v, %v, left %+v", done, err, dead.Depth())
	}
}

// TestOperations: the runner's endpoints tell what is wrong with a request.
func TestOperations(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, tt := range []struct {
		status             int
		method, path, want string
	}{
		{200, "GET", "/_local/health", `"status": "ok"`},
		{200, "GET", "/_local/queues/UserEventsFailureQueue", `"messages": []`},
		{404, "GET", "/_local/queues/Nothing", `no such queue; the queues are `},
		{404, "POST", "/_local/queues/Nothing/purge", `no such queue`},
		{404, "POST", "/_local/queues/Nothing/redrive", `no such queue`},
		{404, "GET", "/_local/nothing", `"error": "Not Found"`},
		{405, "POST", "/_local/queues", `"error": "Method Not Allowed"`},
		{405, "GET", "/_local/queues/ItemSyncQueue/purge", `"error": "Method Not Allowed"`},
		{405, "DELETE", "/_local/queues/ItemSyncQueue", `"error": "Method Not Allowed"`},
		{405, "GET", "/_local/functions/ItemSyncFunction/stop", `"error": "Method Not Allowed"`},
		{404, "POST", "/_local/functions/UsersFunction/stop", `the function has no event source mapping; the functions with one are UserEventsFunction, ItemSyncFunction`},
		{404, "POST", "/_local/functions/users/start", `no event source mapping`},
		{200, "POST", "/_local/functions/itemsync/stop", `"name": "ItemSyncFunction"`},
		{200, "POST", "/_local/functions/ItemSync/start", `"polling": true`},
		{200, "POST", "/_local/queues/ItemSyncDeadLetterQueue/redrive", `"to": "ItemSyncQueue"`},
		{200, "POST", "/_local/queues/UserEventsDeadLetterQueue/redrive", `"to": "UserEventsFunction"`},
		{409, "POST", "/_local/queues/ItemSyncQueue/redrive", `no dead-letter queue`},
		{409, "POST", "/_local/queues/UserEventsFailureQueue/redrive", `RepublishFunction`},
	} {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			if got := r.call(t, tt.status, "", tt.method, tt.path, ""); !bytes.Contains(got, []byte(tt.want)) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	req, err := http.NewRequest("POST", "http://"+r.address+"/_local/queues/ItemSyncQueue/purge", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "https://evil.example")
	do(t, req, 403)
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	r := start(t, "-fail", "republish:2")
	send := func(function, payload string, want int, headers ...string) (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequest("POST", "http://"+r.address+"/2015-03-31/functions/"+function+"/invocations", strings.NewReader(payload))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != want {
			t.Fatalf("%s %s: %d, %v\n%s", function, payload, resp.StatusCode, err, body)
		}
		return resp, string(body)
	}
	resp, body := send("RepublishFunction", "", 200)
	if resp.Header.Get("X-Amz-Executed-Version") != "$LATEST" || resp.Header.Get("X-Amz-Function-Error") != "" || !strings.Contains(body, `"published":0`) {
		t.Errorf("%v %s", resp.Header, body)
	}
	resp, body = send("arn:aws:lambda:us-east-1:123456789012:function:RepublishFunction", "{}", 200)
	if want := `{"errorMessage":"injected fault before the work (-fail)","errorType":"errorString"}`; body != want || resp.Header.Get("X-Amz-Function-Error") != "Unhandled" {
		t.Errorf("%v %s", resp.Header, body)
	}
	if _, body = send("UserEventsFunction:live", `{"Records":[]}`, 200); body != `{"batchItemFailures":[]}` {
		t.Errorf("userevents: %s", body)
	}
	if _, body = send("ItemSyncFunction", `{"Records":[]}`, 200); body != `{"batchItemFailures":[]}` {
		t.Errorf("itemsync: %s", body)
	}
	for _, tt := range []struct {
		function, payload string
		status            int
		want              string
		headers           []string
	}{
		{"Nothing", "{}", 404, "ResourceNotFoundException", nil},
		{"RepublishFunction", "{", 400, "InvalidRequestContentException", nil},
		{"RepublishFunction", "{}", 400, "InvalidParameterValueException", []string{"X-Amz-Invocation-Type", "Event"}},
		{"RepublishFunction", fmt.Sprintf("%q", strings.Repeat("x", sandbox.MaxRequestSize)), 413, "RequestTooLargeException", nil},
	} {
		if resp, _ := send(tt.function, tt.payload, tt.status, tt.headers...); resp.Header.Get("X-Amzn-Errortype") != tt.want {
			t.Errorf("%s: %v, want %s", tt.function, resp.Header, tt.want)
		}
	}
}
