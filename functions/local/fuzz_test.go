package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"os"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// FuzzConnection writes any bytes to a connection of the whole runner, and ends them: it answers or closes, in time,
// without a panic and without an answer of its own fault. TOKEN in the bytes is replaced by the ID token of an admin.
func FuzzConnection(f *testing.F) {
	address, panics := listenForFuzzing(f)
	token := []byte(adminToken(f, address))
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /items?q=drill&lat=52.5&lng=13.4&tag=diy&limit=2 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer TOKEN\r\nIf-None-Match: \"1\"\r\n\r\n",
		"POST /items HTTP/1.1\r\nHost: localhost\r\nAuthorization: TOKEN\r\nContent-Type: application/json\r\nIdempotency-Key: a\r\n" +
			"Content-Length: 33\r\n\r\n{\"name\":\"Saw\",\"lat\":0.5,\"lng\":-1}",
		"PATCH /user HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/merge-patch+json\r\n" +
			"Transfer-Encoding: chunked\r\n\r\n8\r\n{\"name\":\r\n4\r\n\"a\"}\r\n0\r\n\r\n",
		"OPTIONS /user HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:3000\r\nAccess-Control-Request-Method: PATCH\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: AWSCognitoIdentityProviderService.GetUser\r\n" +
			"Content-Length: 19\r\n\r\n{\"AccessToken\":\"a\"}",
		"GET /_local/queues HTTP/1.1\r\nHost: localhost\r\n\r\nGET /us-east-1_local/.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"POST /2015-03-31/functions/ItemSyncFunction/invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 14\r\n\r\n{\"Records\":[]}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		const maxSent = 8 << 10
		if len(sent) > maxSent {
			t.Skip("too long")
		}
		answer := exchange(t, address, bytes.ReplaceAll(sent, []byte("TOKEN"), token))
		if len(answer) > 0 && !bytes.HasPrefix(answer, []byte("HTTP/1.")) {
			t.Errorf("%q is answered with %.200q", sent, answer)
		}
		if fault := ownFault.Find(answer); fault != nil {
			t.Errorf("%q is answered with %q:\n%s", sent, fault, answer)
		}
		if text := panics.String(); text != "" {
			t.Errorf("%q: the log has a panic:\n%s", sent, text)
		}
	})
}

// ownFault is a status of the server's fault, but for what net/http says of a version or a transfer coding.
var ownFault = regexp.MustCompile(`(?m)^HTTP/1\.[01] 5(0[02346789]|[1-9]\d) .*$`)

// panicLog keeps what is written of panics, and nothing else: a fuzz target writes a long log.
type panicLog struct{ safeBuffer }

// Write implements io.Writer.
func (p *panicLog) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("panic")) {
		return p.safeBuffer.Write(line)
	}
	return len(line), nil
}

// listenForFuzzing starts the runner and returns its address, and what it and net/http log of panics.
func listenForFuzzing(f *testing.F) (address string, panics *panicLog) {
	f.Helper()
	panics = new(panicLog)
	log.SetOutput(panics) // net/http recovers from panics, and logs them there
	f.Cleanup(func() { log.SetOutput(os.Stderr) })
	ctx, stop := context.WithCancel(context.Background())
	screen, in := io.Pipe()
	stopped := make(chan error, 1)
	go func() {
		stopped <- run(ctx, []string{"-addr", "localhost:0"}, func(string) string { return "" }, in, panics)
		in.Close()
	}()
	lines := bufio.NewScanner(screen)
	listening := regexp.MustCompile(`^Listening on http://(\S+),`)
	for address == "" && lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			address = m[1]
		}
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, screen)
	}()
	f.Cleanup(func() {
		stop()
		if err := <-stopped; err != nil {
			f.Errorf("the runner ended with %v", err)
		}
		<-drained
	})
	if address == "" {
		f.Fatal("the runner does not listen")
	}
	return address, panics
}

// exchange sends all bytes, and returns all that comes back. The runner may close before it has read everything.
func exchange(t testing.TB, address string, sent []byte) []byte {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tcp := conn.(*net.TCPConn)
	const patience = 20 * time.Second // a function behind the API has ten
	if err := errors.Join(tcp.SetLinger(0), tcp.SetDeadline(time.Now().Add(patience))); err != nil {
		t.Fatal(err)
	}
	_, _ = conn.Write(sent)
	_ = tcp.CloseWrite()
	answer, err := io.ReadAll(conn)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("%q: neither answered nor closed: %v", sent, err)
	}
	return answer
}

// adminToken is the ID token of the demo admin.
func adminToken(f *testing.F, address string) string {
	f.Helper()
	body := `{"AuthParameters":{"USERNAME":"admin@example.com","PASSWORD":"` + demoPassword + `"},"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"localclient"}`
	answer := exchange(f, address, []byte("POST / HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n"+
		"X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body))
	token := regexp.MustCompile(`"IdToken":"([^"]+)"`).FindSubmatch(answer)
	if token == nil {
		f.Fatalf("no token: %s", answer)
	}
	return string(token[1])
}
