package main

import (
	"bytes"
	"errors"
	"io"
	"log"
	"net"
	"os"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// FuzzConnection writes bytes to a connection and closes its write side: the runner responds or closes, in time, without a
// panic and without an internal error. TOKEN in the bytes is replaced by the ID token of an admin.
func FuzzConnection(f *testing.F) {
	panics := new(panicLog)
	log.SetOutput(panics) // net/http recovers from panics, and logs them there
	f.Cleanup(func() { log.SetOutput(os.Stderr) })
	r := startWithLog(f, panics, nil)
	token := []byte(r.signIn(f, "admin@example.com"))
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
		response := exchange(t, r.address, bytes.ReplaceAll(sent, []byte("TOKEN"), token))
		if len(response) > 0 && !bytes.HasPrefix(response, []byte("HTTP/1.")) {
			t.Errorf("%q: response %.200q", sent, response)
		}
		if found := internalError.Find(response); found != nil {
			t.Errorf("%q: response has %q:\n%s", sent, found, response)
		}
		if text := panics.String(); text != "" {
			t.Errorf("%q: the log has a panic:\n%s", sent, text)
		}
	})
}

// internalError is a status 5xx but for those of net/http for a version or a transfer coding.
var internalError = regexp.MustCompile(`(?m)^HTTP/1\.[01] 5(0[02346789]|[1-9]\d) .*$`)

// panicLog keeps only lines about panics: the log of a fuzz target is long.
type panicLog struct{ safeBuffer }

// Write implements io.Writer.
func (p *panicLog) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("panic")) {
		return p.safeBuffer.Write(line)
	}
	return len(line), nil
}

// exchange sends all bytes and returns the response. The runner may close before it has read everything.
func exchange(t testing.TB, address string, sent []byte) []byte {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tcp := conn.(*net.TCPConn)
	const timeout = 20 * time.Second // a function behind the API has ten
	if err := errors.Join(tcp.SetLinger(0), tcp.SetDeadline(time.Now().Add(timeout))); err != nil {
		t.Fatal(err)
	}
	_, _ = conn.Write(sent)
	_ = tcp.CloseWrite()
	response, err := io.ReadAll(conn)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("%q: neither a response nor the end of the connection: %v", sent, err)
	}
	return response
}
