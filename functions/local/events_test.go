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
	"rental.example/functions/local/pipeline"
	"rental.example/functions/local/sandbox"
)

// fast divides waiting times by 100: three minutes become two seconds.
var fast = []string{"-speed", "100"}

// eventually polls until the condition is true.
func eventually(t *testing.T, what string, within time.Duration, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

const (
	soon       = 2 * time.Second
	afterRetry = 20 * time.Second // a fast machine needs four
)

// get returns the status and body of a public resource.
func (r *runner) get(t *testing.T, path string) (int, string) {
	t.Helper()
	return ask(t, "GET", "http://"+r.address+path, "")
}

// listItem lists an item of the caller and returns its id.
func (r *runner) listItem(t *testing.T, token, name string) string {
	t.Helper()
	var created struct{ ID string }
	if err := json.Unmarshal(r.call(t, 201, token, "POST", "/items", `{"name":"`+name+`","lat":1,"lng":1}`), &created); err != nil {
		t.Fatal(err)
	}
	return created.ID
}

func (r *runner) rename(t *testing.T, token, name string) {
	t.Helper()
	r.call(t, 200, token, "PATCH", "/user", `{"name":"`+name+`"}`)
}

// waitForOwner waits until the item has an owner of that name.
func (r *runner) waitForOwner(t *testing.T, id, owner string, within time.Duration) {
	t.Helper()
	eventually(t, "GET /items/"+id+" shows "+owner, within, func() bool {
		_, body := r.get(t, "/items/"+id)
		return strings.Contains(body, `"name":"`+owner+`"`)
	})
}

// waitUntilIdle waits until all queues are empty and all records processed.
func (r *runner) waitUntilIdle(t *testing.T) {
	t.Helper()
	eventually(t, "all queues are empty", afterRetry, func() bool {
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

// TestEvents: a change of a profile reaches its items, and all its log lines have one correlation id.
func TestEvents(t *testing.T) {
	t.Parallel()
	r := start(t, fast...)
	testEvents(t, r, soon)
	r.stop()
	if err := <-r.stopped; err != nil {
		t.Errorf("run failed: %v", err)
	}
}

func testEvents(t *testing.T, r *runner, within time.Duration) {
	t.Helper()
	token := r.signIn(t, "renter@example.com")
	r.call(t, 201, token, "POST", "/user", john)
	word := "Unheard" + strings.ToLower(rand.Text())
	ids := []string{r.listItem(t, token, word), r.listItem(t, token, word)}
	r.rename(t, token, "Johanna")
	for _, id := range ids {
		r.waitForOwner(t, id, "Johanna", within)
	}
	r.checkLog(t, "PATCH /user", "published", "owner event merged")
	r.call(t, 204, token, "DELETE", "/user", "")
	for _, id := range ids {
		eventually(t, "the item is gone", within, func() bool { status, _ := r.get(t, "/items/"+id); return status == 404 })
	}
	if _, body := r.get(t, "/items?q="+word); !strings.Contains(body, `"items":[]`) {
		t.Errorf("search: %s", body)
	}
	r.waitUntilIdle(t)
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

// checkLog waits for a line of each hop with the correlation id of the last request of a route, and returns the last line
// of the last hop. A line is written after the change is visible.
func (r *runner) checkLog(t *testing.T, route string, hops ...string) (last map[string]any) {
	t.Helper()
	id := r.lastLine(t, func(l map[string]any) bool { return l["route"] == route })["correlation_id"]
	if id == nil || id == "" {
		t.Fatalf("no request %s in the log", route)
	}
	for _, hop := range hops {
		eventually(t, fmt.Sprintf("the log has %s: %s with correlation id %s", route, hop, id), soon, func() bool {
			last = r.lastLine(t, func(l map[string]any) bool { return l["message"] == hop && l["correlation_id"] == id })
			return last != nil
		})
	}
	return last
}

// checkRequestID: the request id of a response leads to its log line, and that to the correlation id.
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

// lastLine returns the last matching line of the log, or nil.
func (r *runner) lastLine(t *testing.T, matches func(map[string]any) bool) (last map[string]any) {
	t.Helper()
	for line := range strings.Lines(r.log.String()) {
		var l map[string]any
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("log line %q: %v", line, err)
		}
		if matches(l) {
			last = l
		}
	}
	return last
}

// TestEventsOnEngines: the same on a real stream and a real index; and republish restores a lost index of owners.
func TestEventsOnEngines(t *testing.T) {
	t.Parallel()
	table, index := samtest.Endpoint(t, "DYNAMODB_ENDPOINT", "dynamodb"), samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "opensearch")
	alias := "items-" + strings.ToLower(rand.Text())
	r := startIn(t, map[string]string{"USERS_TABLE": "users-" + rand.Text(), "OPEN_SEARCH_INDEX": alias},
		append(fast, "-dynamodb", table, "-opensearch", index)...)
	testEvents(t, r, 10*time.Second)
	token := r.signIn(t, "rentee@example.com")
	r.call(t, 201, token, "POST", "/user", john)
	id := r.listItem(t, token, "Ladder")
	r.waitForOwner(t, id, "john", 10*time.Second)
	r.waitUntilIdle(t)
	req := newRequest(t, "DELETE", index+"/"+alias+"-owners-v1", "")
	do(t, req, 200)
	if _, body := r.get(t, "/items/"+id); strings.Contains(body, "john") {
		t.Errorf("the owner is still there: %s", body)
	}
	r.republish(t)
	r.waitForOwner(t, id, "john", 10*time.Second)
}

func (r *runner) republish(t *testing.T) {
	t.Helper()
	got := r.call(t, 200, "", "POST", "/2015-03-31/functions/RepublishFunction/invocations", "{}")
	var report struct{ Published int }
	if err := json.Unmarshal(got, &report); err != nil || report.Published == 0 {
		t.Errorf("republish: %s, %v", got, err)
	}
}

// TestRepublish: republish repairs the loss of events.
func TestRepublish(t *testing.T) {
	t.Parallel()
	r := start(t)
	token := r.signIn(t, "renter@example.com")
	r.call(t, 201, token, "POST", "/user", john)
	id := r.listItem(t, token, "Ladder")
	r.waitForOwner(t, id, "john", soon)
	r.waitUntilIdle(t)
	r.call(t, 200, "", "POST", "/_local/functions/ItemSyncFunction/stop", "")
	r.rename(t, token, "Johanna")
	var queue struct {
		Visible  int
		Messages []pipeline.PeekedMessage
	}
	eventually(t, "a message waits", soon, func() bool {
		_, body := r.get(t, "/_local/queues/ItemSyncQueue")
		return json.Unmarshal([]byte(body), &queue) == nil && queue.Visible == 1
	})
	if m := queue.Messages[0]; !strings.Contains(m.Body, "Johanna") || m.Attributes["eventType"] != "user.profile.updated.v1" || m.Receives != 0 {
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
	r.waitForOwner(t, id, "Johanna", soon)
}

// TestRecovery: no event is lost when functions fail, before or after their work.
func TestRecovery(t *testing.T) {
	t.Parallel()
	r := start(t, append(fast, "-fail", "userevents:1-3,itemsync:1,itemsync:2!,users:3")...)
	token := r.signIn(t, "renter@example.com")
	r.call(t, 201, token, "POST", "/user", john)
	id := r.listItem(t, token, "Ladder")
	r.rename(t, token, "Johanna")
	r.call(t, 502, token, "GET", "/user", "")
	r.waitForOwner(t, id, "Johanna", afterRetry)
	r.waitUntilIdle(t)
	for _, want := range []string{"UserEventsFunction", "ItemSyncFunction", "injected fault before", "injected fault after"} {
		if !strings.Contains(r.log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, r.log)
		}
	}
}

// TestPoisonRecord: a malformed record is dead-lettered, and a redrive invokes the stream's function with it.
func TestPoisonRecord(t *testing.T) {
	t.Parallel()
	sys, err := newSystem(t.Context(), parsed(t), constructors(), "localhost", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer sys.startEvents()()
	_, err = sys.lambda.Invoke(t.Context(), sys.functions["UserEventsFunction"], sandbox.Invocation{Event: []byte(`{"Records":[{"eventID":"e1"}]}`), RequestID: "r1"})
	if err != nil {
		t.Fatal(err)
	}
	dead, _ := sys.events.Queue("UserEventsDeadLetterQueue")
	if got := dead.Peek(2); len(got) != 1 || got[0].Body != `{"eventID":"e1"}` || got[0].Attributes["eventId"] != "e1" {
		t.Fatalf("dead letters: %+v", got)
	}
	done, err := sys.events.Redrive(t.Context(), dead.Name())
	if err != nil || done.Moved != 1 || dead.Depth().Visible != 1 { // dead-lettered again
		t.Errorf("redriven: %+v, %v, left %+v", done, err, dead.Depth())
	}
}

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
		{404, "POST", "/_local/functions/UsersFunction/stop", `the function has no event source mapping and no schedule; the functions with one are UserEventsFunction, ItemSyncFunction`},
		{404, "POST", "/_local/functions/users/start", `no event source mapping`},
		{200, "POST", "/_local/functions/itemsync/stop", `"name": "ItemSyncFunction"`},
		{200, "POST", "/_local/functions/ItemSync/start", `"polling": true`},
		{200, "POST", "/_local/queues/ItemSyncDeadLetterQueue/redrive", `"to": "ItemSyncQueue"`},
		{200, "POST", "/_local/queues/UserEventsDeadLetterQueue/redrive", `"to": "UserEventsFunction"`},
		{409, "POST", "/_local/queues/ItemSyncQueue/redrive", `no dead-letter queue`},
		{409, "POST", "/_local/queues/UserEventsFailureQueue/redrive", `positions in a stream`},
	} {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			if got := r.call(t, tt.status, "", tt.method, tt.path, ""); !bytes.Contains(got, []byte(tt.want)) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	req := newRequest(t, "POST", "http://"+r.address+"/_local/queues/ItemSyncQueue/purge", "")
	req.Header.Set("Origin", "https://evil.example")
	do(t, req, 403)
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	r := start(t, "-fail", "republish:2")
	invoke := func(function, payload string, want int, headers ...string) (*http.Response, string) {
		t.Helper()
		req := newRequest(t, "POST", "http://"+r.address+"/2015-03-31/functions/"+function+"/invocations", payload)
		for i := 0; i < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		resp, body := send(t, req)
		if resp.StatusCode != want {
			t.Fatalf("%s %s: %d\n%s", function, payload, resp.StatusCode, body)
		}
		return resp, string(body)
	}
	resp, body := invoke("RepublishFunction", "", 200)
	if resp.Header.Get("X-Amz-Executed-Version") != "$LATEST" || resp.Header.Get("X-Amz-Function-Error") != "" || !strings.Contains(body, `"published":0`) {
		t.Errorf("%v %s", resp.Header, body)
	}
	resp, body = invoke("arn:aws:lambda:us-east-1:123456789012:function:RepublishFunction", "{}", 200)
	if want := `{"errorMessage":"injected fault before the work (-fail)","errorType":"errorString"}`; body != want || resp.Header.Get("X-Amz-Function-Error") != "Unhandled" {
		t.Errorf("%v %s", resp.Header, body)
	}
	if _, body = invoke("UserEventsFunction:live", `{"Records":[]}`, 200); body != `{"batchItemFailures":[]}` {
		t.Errorf("userevents: %s", body)
	}
	if _, body = invoke("ItemSyncFunction", `{"Records":[]}`, 200); body != `{"batchItemFailures":[]}` {
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
		if resp, _ := invoke(tt.function, tt.payload, tt.status, tt.headers...); resp.Header.Get("X-Amzn-Errortype") != tt.want {
			t.Errorf("%s: %v, want %s", tt.function, resp.Header, tt.want)
		}
	}
}
