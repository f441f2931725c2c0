package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// client calls the API as one user, or without a token.
type client struct {
	*target
	who         string // in messages
	id          string // the user's, which is public; empty without a token, like what follows
	sub         string // of the account in the pool, which is private
	email       string
	token       string // the ID token
	accessToken string
}

// object is a JSON object to send.
type object map[string]any

// String is the object's JSON.
func (o object) String() string {
	data, err := json.Marshal(o)
	if err != nil {
		panic(err) // a test's own mistake
	}
	return string(data)
}

// call sends a request such as "POST /user" with a body: nil for none, an object, or a text as it is. Headers come
// as name and value; Content-Type is JSON's unless one of them is.
func (c client) call(t *testing.T, request string, body any, headers ...string) *response {
	t.Helper()
	a, err := c.send(request, body, headers...)
	if err != nil {
		t.Fatalf("%s: %v", c.describe(request), err)
	}
	a.checkHeaders(t, c.target)
	for _, sub := range c.subs {
		if strings.Contains(string(a.body)+fmt.Sprint(a.header), sub) {
			t.Errorf("shows the sub of a pool account\n%s", a)
		}
	}
	return a
}

// send is call for goroutines that are not the test's own. It honours Retry-After where mayRepeat allows.
func (c client) send(request string, body any, headers ...string) (*response, error) {
	const tries = 10
	for try := 1; ; try++ {
		a, err := c.once(request, body, headers)
		if err != nil || try == tries || !a.mayRepeat(headers) {
			return a, err
		}
		seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
		if err != nil {
			return nil, fmt.Errorf("Retry-After: %w\n%s", err, a)
		}
		time.Sleep(time.Duration(seconds) * time.Second) // as it asks to
	}
}

func (c client) once(request string, body any, headers []string) (*response, error) {
	method, path, _ := strings.Cut(request, " ")
	text := ""
	if body != nil {
		text = fmt.Sprint(body)
	}
	req, err := http.NewRequest(method, c.api+path, strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Origin", c.origin)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return &response{call: c.describe(request), request: request, url: req.URL, status: resp.StatusCode, header: resp.Header, body: data}, err
}

func (c client) describe(request string) string { return request + " as " + c.who }

// until repeats a request until its response is done, for at most target.deadline.
func (c client) until(t *testing.T, what string, done func(*response) bool, request string, body any, headers ...string) (a *response) {
	t.Helper()
	c.eventually(t, what, func() (bool, any) {
		a = c.call(t, request, body, headers...)
		return done(a), a
	})
	return a
}

// status is for until.
func status(want int) func(*response) bool { return func(a *response) bool { return a.status == want } }

// eventually polls until done; its second result is part of the failure's message.
func (to *target) eventually(t *testing.T, what string, done func() (bool, any)) {
	t.Helper()
	ticker := time.NewTicker(to.deadline / 100)
	defer ticker.Stop()
	for end := time.Now().Add(to.deadline); ; <-ticker.C {
		ok, seen := done()
		if ok {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s\n%v", to.deadline, what, seen)
		}
	}
}
