package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"

	"rental.example/adapters/samtest"
	"rental.example/functions/local/cognito"
)

// runner is the whole program in a goroutine of a test.
type runner struct {
	address string
	screen  string // all that it printed up to the first curl
	stop    context.CancelFunc
	stopped chan error
	log     *safeBuffer   // what it wrote to standard error
	ending  chan struct{} // closed when it says that it is ending
}

// safeBuffer is written and read at once.
type safeBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (b *safeBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(data)
}

// String implements fmt.Stringer.
func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start runs the program with args and waits until it says that it listens.
func start(t *testing.T, args ...string) *runner {
	t.Helper()
	// Other tests have "users" and "items".
	return startIn(t, map[string]string{"USERS_TABLE": "users-of-the-local-runner", "OPEN_SEARCH_INDEX": "items-of-the-local-runner"}, args...)
}

func startIn(t *testing.T, env map[string]string, args ...string) *runner {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	r := &runner{stop: stop, stopped: make(chan error, 1), ending: make(chan struct{}), log: new(safeBuffer)}
	go func() {
		r.stopped <- run(ctx, append([]string{"-addr", "localhost:0"}, args...), func(name string) string { return env[name] }, in, r.log)
		in.Close()
	}()
	t.Cleanup(func() {
		stop()
		<-r.ending
	})
	lines := bufio.NewScanner(out)
	listening := regexp.MustCompile(`^Listening on http://(\S+),`)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "TOKEN=") && !strings.HasPrefix(lines.Text(), "There are no users") {
		r.screen += lines.Text() + "\n"
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			r.address = m[1]
		}
	}
	if r.address == "" {
		t.Fatalf("it does not listen: %v\n%s", <-r.stopped, r.screen)
	}
	go func() {
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "Finishing") {
		}
		close(r.ending)
		_, _ = io.Copy(io.Discard, out)
	}()
	return r
}

func (r *runner) signIn(t *testing.T, email string) string {
	t.Helper()
	body := fmt.Sprintf(`{"AuthParameters":{"USERNAME":%q,"PASSWORD":%q},"AuthFlow":"USER_PASSWORD_AUTH","ClientId":%q}`,
		email, demoPassword, cognito.ClientID)
	req, err := http.NewRequest("POST", "http://"+r.address+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth")
	var answer struct{ AuthenticationResult struct{ IdToken string } }
	if err := json.Unmarshal(do(t, req, 200), &answer); err != nil || answer.AuthenticationResult.IdToken == "" {
		t.Fatalf("no token: %v", err)
	}
	return answer.AuthenticationResult.IdToken
}

func do(t *testing.T, req *http.Request, want int) []byte {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != want {
		t.Fatalf("%s %s: status %d, want %d: %v\n%s", req.Method, req.URL, resp.StatusCode, want, err, body)
	}
	return body
}

func (r *runner) call(t *testing.T, want int, token, method, path, body string) []byte {
	t.Helper()
	req, err := http.NewRequest(method, "http://"+r.address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return do(t, req, want)
}

const john = `{"name":"john","email":"doe@gmail.com","ratings":25.0,"userType":"renter"}`

func TestFirstMinute(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, want := range []string{"POST   /user\n", "GET    /users/{id}\n", "renter@example.com", "group admin", demoPassword, "/_local/queues\n"} {
		if !strings.Contains(r.screen, want) {
			t.Errorf("the first screen lacks %q:\n%s", want, r.screen)
		}
	}
	token := r.signIn(t, "renter@example.com")
	r.call(t, 404, token, "GET", "/user", "")
	r.call(t, 201, token, "POST", "/user", john)
	r.call(t, 200, token, "POST", "/user", john)
	if got := r.call(t, 200, token, "GET", "/user", ""); !bytes.Contains(got, []byte(`"name":"john"`)) {
		t.Errorf("profile: %s", got)
	}
	r.call(t, 403, token, "GET", "/users", "")
	if got := r.call(t, 200, r.signIn(t, "admin@example.com"), "GET", "/users", ""); !bytes.Contains(got, []byte(`"name":"john"`)) {
		t.Errorf("listing: %s", got)
	}
	r.call(t, 401, "forged", "GET", "/user", "")
	r.call(t, 404, token, "GET", "/nothing", "")
	r.call(t, 200, "", "GET", "/_local/health", "")
	r.stop()
	if err := <-r.stopped; err != nil {
		t.Errorf("it did not end cleanly: %v", err)
	}
}

// TestOnDynamoDB: the same API with profiles in a real engine; they outlive the runner.
func TestOnDynamoDB(t *testing.T) {
	t.Parallel()
	endpoint := samtest.Endpoint(t, "DYNAMODB_ENDPOINT", "dynamodb")
	first := start(t, "-dynamodb", endpoint)
	first.call(t, 201, first.signIn(t, "rentee@example.com"), "POST", "/user", john)
	second := start(t, "-dynamodb", endpoint)
	token := second.signIn(t, "rentee@example.com")
	second.call(t, 200, token, "PATCH", "/user", `{"name":"Johanna"}`)
	if got := first.call(t, 200, first.signIn(t, "admin@example.com"), "GET", "/users", ""); !bytes.Contains(got, []byte(`"name":"Johanna"`)) {
		t.Errorf("listing: %s", got)
	}
	second.call(t, 204, token, "DELETE", "/user", "")
	second.call(t, 404, token, "GET", "/user", "")
}

// TestSignInExample pastes what the banner prints into a shell.
func TestSignInExample(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here", tool)
		}
	}
	r := start(t)
	out, err := paste(signInExample(r.address))
	if err != nil || !regexp.MustCompile(`(?s)^signed in: ey.*HTTP/1.1 201.*"name":"Ada".*HTTP/1.1 201.*"name":"Table saw"`).Match(out) {
		t.Errorf("%v\n%s", err, out)
	}
	wrong := strings.Replace(signInExample(r.address), demoPassword, "Wrong", 1)
	if out, _ := paste(wrong); bytes.Contains(out, []byte("signed in")) || bytes.Contains(out, []byte(" 201 ")) {
		t.Errorf("a sign-in that failed is none:\n%s", out)
	}
}

// paste runs commands in a shell whose proxy, if it has one, is not asked for localhost.
func paste(commands string) ([]byte, error) {
	cmd := exec.Command("sh", "-c", commands)
	cmd.Env = append(os.Environ(), "no_proxy=localhost")
	return cmd.Output()
}

// TestBannerAndREADME: README.md has the banner's commands, so that one who has read either can follow the other.
func TestBannerAndREADME(t *testing.T) {
	t.Parallel()
	readme := samtest.ReadFile(t, "README.md")
	commands := append(strings.Split(signInExample("localhost:8080"), "\n\n"), searchExample("localhost:8080"))
	for _, want := range commands {
		if !strings.Contains(readme, "```sh\n"+strings.TrimSpace(want)+"\n```") {
			t.Errorf("README.md has no block of:\n%s", want)
		}
	}
}

func TestWithoutDemo(t *testing.T) {
	t.Parallel()
	r := start(t, "-demo=false")
	req, err := http.NewRequest("POST", "http://"+r.address+"/", strings.NewReader(
		`{"AuthParameters":{"USERNAME":"renter@example.com","PASSWORD":"Passw0rd!"},"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"localclient"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth")
	if got := do(t, req, 400); !bytes.Contains(got, []byte("NotAuthorizedException")) {
		t.Errorf("answer: %s", got)
	}
}
