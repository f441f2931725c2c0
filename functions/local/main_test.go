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

// runner is the program in a goroutine of a test.
type runner struct {
	address string
	banner  string // up to the first command
	stop    context.CancelFunc
	stopped chan error
	log     *safeBuffer   // standard error
	ending  chan struct{} // closed when it starts to shut down
}

// safeBuffer is a bytes.Buffer for concurrent use.
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

// start runs the program with args and waits until it listens.
func start(t *testing.T, args ...string) *runner {
	t.Helper()
	// Other tests use "users" and "items".
	return startIn(t, map[string]string{"USERS_TABLE": "users-of-the-local-runner", "OPEN_SEARCH_INDEX": "items-of-the-local-runner"}, args...)
}

// parsed returns the options of args and of no environment.
func parsed(t *testing.T, args ...string) options {
	t.Helper()
	o, err := parseOptions(args, func(string) string { return "" }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func startIn(t *testing.T, env map[string]string, args ...string) *runner {
	t.Helper()
	log := new(safeBuffer)
	r := startWithLog(t, log, env, args...)
	r.log = log
	return r
}

func startWithLog(t testing.TB, log io.Writer, env map[string]string, args ...string) *runner {
	t.Helper()
	return startFunctions(t, constructors(), log, env, args...)
}

func startFunctions(t testing.TB, functions map[string]constructor, log io.Writer, env map[string]string, args ...string) *runner {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	r := &runner{stop: stop, stopped: make(chan error, 1), ending: make(chan struct{})}
	go func() {
		getenv := func(name string) string { return env[name] }
		r.stopped <- runFunctions(ctx, functions, append([]string{"-addr", "localhost:0"}, args...), getenv, in, log)
		in.Close()
	}()
	t.Cleanup(func() {
		stop()
		<-r.ending
	})
	lines := bufio.NewScanner(out)
	listening := regexp.MustCompile(`^Listening on http://(\S+),`)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "TOKEN=") && !strings.HasPrefix(lines.Text(), "There are no users") {
		r.banner += lines.Text() + "\n"
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			r.address = m[1]
		}
	}
	if r.address == "" {
		t.Fatalf("the runner does not listen: %v\n%s", <-r.stopped, r.banner)
	}
	go func() {
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "Finishing") {
		}
		close(r.ending)
		_, _ = io.Copy(io.Discard, out)
	}()
	return r
}

func (r *runner) signIn(t testing.TB, email string) string {
	t.Helper()
	var response struct{ AuthenticationResult struct{ IdToken string } }
	if err := json.Unmarshal(r.initiateAuth(t, 200, email), &response); err != nil || response.AuthenticationResult.IdToken == "" {
		t.Fatalf("no token: %v", err)
	}
	return response.AuthenticationResult.IdToken
}

func (r *runner) initiateAuth(t testing.TB, want int, email string) []byte {
	t.Helper()
	body := fmt.Sprintf(`{"AuthParameters":{"USERNAME":%q,"PASSWORD":%q},"AuthFlow":"USER_PASSWORD_AUTH","ClientId":%q}`,
		email, demoPassword, cognito.ClientID)
	req := newRequest(t, "POST", "http://"+r.address+"/", body)
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth")
	return do(t, req, want)
}

func newRequest(t testing.TB, method, url, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// do sends a request whose response must have the status want, and returns the body.
func do(t testing.TB, req *http.Request, want int) []byte {
	t.Helper()
	resp, body := send(t, req)
	if resp.StatusCode != want {
		t.Fatalf("%s %s: status %d, want %d\n%s", req.Method, req.URL, resp.StatusCode, want, body)
	}
	return body
}

func send(t testing.TB, req *http.Request) (*http.Response, []byte) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

func (r *runner) call(t *testing.T, want int, token, method, path, body string) []byte {
	t.Helper()
	req := newRequest(t, method, "http://"+r.address+path, body)
	req.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return do(t, req, want)
}

const john = `{"name":"john","email":"doe@gmail.com","ratings":25.0,"userType":"renter"}`

func TestBanner(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, want := range []string{"POST   /user\n", "GET    /users/{id}\n", "renter@example.com", "group admin", demoPassword, "/_local/queues\n"} {
		if !strings.Contains(r.banner, want) {
			t.Errorf("the banner lacks %q:\n%s", want, r.banner)
		}
	}
	r.call(t, 200, "", "GET", "/_local/health", "")
	r.stop()
	if err := <-r.stopped; err != nil {
		t.Errorf("run failed: %v", err)
	}
}

// TestSearchExample: the search of the banner finds drills, the nearest first.
func TestSearchExample(t *testing.T) {
	t.Parallel()
	r := start(t)
	if !strings.Contains(r.banner, searchExample(r.address)) {
		t.Errorf("the banner has no search:\n%s", r.banner)
	}
	var found struct {
		Items []struct {
			Name       string
			DistanceKm float64
		}
		Total  struct{ Value int }
		Facets struct{ Category []struct{ Value string } }
	}
	path := strings.TrimPrefix(searchURL(r.address), "http://"+r.address)
	if err := json.Unmarshal(r.call(t, 200, "", "GET", path, ""), &found); err != nil {
		t.Fatal(err)
	}
	if len(found.Items) < 3 || found.Total.Value < len(found.Items) || len(found.Facets.Category) == 0 {
		t.Errorf("found: %+v", found)
	}
	for i, drill := range found.Items {
		if !strings.Contains(strings.ToLower(drill.Name), "drill") || drill.DistanceKm > 25 || i > 0 && drill.DistanceKm < found.Items[i-1].DistanceKm {
			t.Errorf("item %d: %+v", i, drill)
		}
	}
}

// TestFailedSignIn runs the commands of the banner with a wrong password.
func TestFailedSignIn(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here", tool)
		}
	}
	cmd := exec.Command("sh", "-c", strings.Replace(signInExample(start(t).address), demoPassword, "Wrong", 1))
	cmd.Env = append(os.Environ(), "no_proxy=localhost")
	if out, err := cmd.Output(); bytes.Contains(out, []byte("signed in")) || bytes.Contains(out, []byte(" 201 ")) {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestBannerAndREADME: README.md has the banner's commands. TestShellBlocks of functions runs them.
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
	if got := r.initiateAuth(t, 400, "renter@example.com"); !bytes.Contains(got, []byte("NotAuthorizedException")) {
		t.Errorf("response: %s", got)
	}
}
