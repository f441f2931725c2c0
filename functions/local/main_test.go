package main

import (
	"bufio"
	"bytes"
	stdcmp "cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/memory"
	"rental.example/adapters/samtest"
	"rental.example/functions/local/cognito"
)

// runner is the whole program in a goroutine of a test.
type runner struct {
	address string
	screen  string // all that it printed up to the first curl
	stop    context.CancelFunc
	stopped chan error
	ending  chan struct{} // closed when it says that it is ending
}

// start runs the program with args and waits until it says that it listens.
func start(t *testing.T, args ...string) *runner {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	r := &runner{stop: stop, stopped: make(chan error, 1), ending: make(chan struct{})}
	go func() {
		env := map[string]string{"USERS_TABLE": "users-of-the-local-runner"} // other tests have "users"
		r.stopped <- run(ctx, append([]string{"-addr", "localhost:0"}, args...), func(name string) string { return env[name] }, in, io.Discard)
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
	for _, want := range []string{"POST   /user\n", "GET    /users/{id}\n", "renter@example.com", "group admin", demoPassword} {
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

// TestAtOnce: callers who ask at the same time get each their own profile.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	r := start(t)
	var callers sync.WaitGroup
	for _, u := range demoUsers() {
		token := r.signIn(t, u.Email)
		own := []byte(`"email":"` + u.Email + `"`)
		r.call(t, 201, token, "POST", "/user", `{"name":"`+strings.Repeat(u.Email, 4)+`","email":"`+u.Email+`","userType":"renter"}`)
		for range 3 {
			callers.Go(func() {
				for range 150 {
					if got := r.call(t, 200, token, "GET", "/user", ""); !bytes.Contains(got, own) {
						t.Errorf("%s got %s", u.Email, got)
					}
				}
			})
		}
	}
	callers.Wait()
}

// TestTimeouts: the functions have the time here that they have deployed.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	sys, err := newSystem(t.Context(), options{origin: "http://localhost:3000"}, "localhost", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	template := samtest.Load(t)
	for _, f := range sys.functions {
		want := stdcmp.Or(samtest.At(template.Properties(t, f.Name), "Timeout"), samtest.At(template.Globals, "Function", "Timeout"))
		if seconds, _ := want.(int); f.Timeout != time.Duration(seconds)*time.Second {
			t.Errorf("%s: %v, in the template %v s", f.Name, f.Timeout, want)
		}
	}
}

func TestPublicAddress(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]string{
		"127.0.0.1": "localhost:80", "::1": "localhost:80", "0.0.0.0": "localhost:80", "::": "localhost:80",
		"127.0.0.2": "127.0.0.2:80", "192.0.2.7": "192.0.2.7:80", "2001:db8::7": "[2001:db8::7]:80",
	} {
		if got := publicAddress(&net.TCPAddr{IP: net.ParseIP(ip), Port: 80}); got != want {
			t.Errorf("%s: %s, want %s", ip, got, want)
		}
	}
}

// TestUncleanPaths: no path is redirected, since API Gateway redirects none.
func TestUncleanPaths(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, path := range []string{"//user", "/./user", "/user/../users", "/user/"} {
		if got := r.call(t, 404, "", "GET", path, ""); !bytes.Contains(got, []byte(`"code":"route_not_found"`)) {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := r.call(t, 200, "", "GET", "/", ""); !bytes.Contains(got, []byte("Listening on http://")) {
		t.Errorf("/: %s", got)
	}
}

// TestTryIt pastes what the banner prints into a shell.
func TestTryIt(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here", tool)
		}
	}
	out, err := exec.Command("sh", "-c", tryIt(start(t).address)).Output()
	if err != nil || !regexp.MustCompile(`(?s)HTTP/1.1 201.*"name":"john".*HTTP/1.1 200.*"name":"john"`).Match(out) {
		t.Errorf("%v\n%s", err, out)
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

// TestShutdown: a request that has begun when the runner is told to end is finished.
func TestShutdown(t *testing.T) {
	t.Parallel()
	r := start(t)
	token := r.signIn(t, "renter@example.com")
	conn, err := net.Dial("tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /user HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		r.address, token, len(john))
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100") { // the runner waits for the body
		t.Fatalf("%q, %v", line, err)
	}
	_, _ = answers.ReadString('\n')
	r.stop()
	<-r.ending
	fmt.Fprint(conn, john)
	resp, err := http.ReadResponse(answers, nil)
	if err != nil || resp.StatusCode != 201 {
		t.Fatalf("%v, %v", resp, err)
	}
	resp.Body.Close()
	if err := <-r.stopped; err != nil {
		t.Errorf("it did not end cleanly: %v", err)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() }) // after the subtests
	for want, tt := range map[string]struct {
		args []string
		env  map[string]string
	}{
		"is in use; choose another address with -addr": {args: []string{"-addr", taken.Addr().String()}},
		"-addr nowhere":                       {args: []string{"-addr", "nowhere"}},
		`unexpected argument "8081"`:          {args: []string{"8081"}},
		"-addr is empty":                      {args: []string{"-addr", ""}},
		"-dynamodb foo: want a URL":           {args: []string{"-dynamodb", "foo"}},
		"ALLOWED_ORIGIN must be an origin":    {env: map[string]string{"ALLOWED_ORIGIN": "*"}},
		"LOG_LEVEL must be DEBUG, INFO, WARN": {env: map[string]string{"LOG_LEVEL": "LOUD"}},
		"-dynamodb http://127.0.0.1:1":        {args: []string{"-addr", "localhost:0", "-dynamodb", "http://127.0.0.1:1"}},
		flag.ErrHelp.Error():                  {args: []string{"-help"}},
		errUsage.Error():                      {args: []string{"-port", "1"}},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), tt.args, func(name string) string { return tt.env[name] }, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %q", err, want)
			}
		})
	}
}

func TestLoopbackOnly(t *testing.T) {
	t.Parallel()
	r := start(t)
	for host, want := range map[string]int{
		r.address: 200, "localhost": 200, "LOCALHOST:80": 200, "app.localhost": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "localhost.": 200,
		"evil.example": 421, "evil.example:8080": 421, "localhost.evil.example": 421, "192.168.1.7": 421, "127.0.0.1.nip.io": 421,
	} {
		req, err := http.NewRequest("GET", "http://"+r.address+"/_local/health", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		t.Run(host, func(t *testing.T) { do(t, req, want) })
	}
}

// TestRecord: what is recorded can be replayed, is the same every time, and holds nothing personal.
func TestRecord(t *testing.T) {
	t.Parallel()
	personal := []string{"jörg.müller@firma.de", "o'brien@firma.de", "max@münchen.de", "real{name}@firma.de", "a&b@firma.de"}
	var runs [2]map[string]string
	for i := range runs {
		dir := t.TempDir()
		r := start(t, "-record", dir)
		token := r.signIn(t, "renter@example.com")
		r.call(t, 201, token, "POST", "/user", john)
		for _, email := range personal {
			body, err := json.Marshal(map[string]any{"name": "Jörg", "email": email, "userType": "rentee"})
			if err != nil {
				t.Fatal(err)
			}
			status := 200
			if strings.Contains(email, "{") {
				body, status = append(body, 0xff), 400 // not UTF-8, so in base64
			}
			r.call(t, status, token, "POST", "/user", string(body))
		}
		r.call(t, 404, token, "GET", "/users/secret.person%40firma.de", "")
		r.stop()
		<-r.stopped
		runs[i] = readAll(t, dir)
		if _, err := newRecorder(dir, nil); err == nil {
			t.Error("a second recording would mix with the first")
		}
	}
	port := regexp.MustCompile(`localhost:\d+|"X-Forwarded-Port": (\[\s*)?"\d+"`)
	for name, text := range runs[0] {
		if port.ReplaceAllString(text, "") != port.ReplaceAllString(runs[1][name], "") {
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
	if len(runs[0]) != 2*(len(personal)+2) {
		t.Errorf("%d files", len(runs[0]))
	}
	replay(t, runs[0]["events/001-post-user.json"], runs[0]["golden/001-post-user.json"])
}

// replay sends a recorded event to a function that knows nothing yet.
func replay(t *testing.T, event, golden string) {
	t.Helper()
	f := usersFunction(memory.NewUsers(), options{origin: "http://localhost:3000"}, func() time.Time { return frozen }, io.Discard)
	got := apigatewaytest.Invoke(t, f.New(), "invocation-1", []byte(event))
	var want apigatewaytest.Answer
	if err := json.Unmarshal([]byte(golden), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" || got.StatusCode != 201 {
		t.Errorf("the recorded answer differs (-recorded +replayed):\n%s", diff)
	}
}

func readAll(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel(dir, file)
		texts[filepath.ToSlash(name)] = string(data)
	}
	return texts
}

func TestDotEnv(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ".env")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# a comment\n\nALLOWED_ORIGIN = \"http://localhost:5173\"\nLOG_LEVEL='WARN'\nX=a=b\n")
	got, err := readDotEnv(path)
	if err != nil || got["ALLOWED_ORIGIN"] != "http://localhost:5173" || got["LOG_LEVEL"] != "WARN" || got["X"] != "a=b" {
		t.Errorf("%v, %v", got, err)
	}
	write("ALLOWED_ORIGIN\n")
	if _, err := readDotEnv(path); err == nil || !strings.Contains(err.Error(), ".env:1: want NAME=value") {
		t.Errorf("error: %v", err)
	}
	if got, err := readDotEnv(path + ".none"); err != nil || got != nil {
		t.Errorf("without a file: %v, %v", got, err)
	}
}
