package opensearchtest

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"rental.example/domain"
)

// failure is what a call meets, with the kind of its error and the number of attempts of one request.
type failure struct {
	exchange Exchange
	kind     error // nil: permanent
	attempts int
}

func failures() map[string]failure {
	return map[string]failure{
		"connection refused":   {Refused, domain.ErrUnavailable, 3},
		"connection reset":     {Reset, domain.ErrUnavailable, 3},
		"connection closed":    {Closed, domain.ErrUnavailable, 3},
		"timeout":              {Hang, domain.ErrUnavailable, 1},
		"truncated":            {Truncate, domain.ErrUnavailable, 3},
		"truncated JSON":       {Respond(200, `{"_index":"notes-v1","_id":"`), domain.ErrUnavailable, 3},
		"empty":                {Respond(200, ""), domain.ErrUnavailable, 3},
		"throttled":            {Respond(429, Rejected), domain.ErrUnavailable, 3},
		"throttled, HTML":      {Respond(429, GatewayPage), domain.ErrUnavailable, 3},
		"bad gateway":          {Respond(502, GatewayPage), domain.ErrUnavailable, 3},
		"no shards":            {Respond(503, NoShards), domain.ErrUnavailable, 6}, // three of them ask for its health
		"shards failed":        {Respond(503, ShardsFailed), domain.ErrUnavailable, 1},
		"time exceeded":        {Respond(500, TimeExceeded), domain.ErrUnavailable, 1},
		"gateway timeout":      {Respond(504, `{"message":"Endpoint request timed out"}`), domain.ErrUnavailable, 1},
		"HTML as a success":    {Respond(200, GatewayPage), domain.ErrUnavailable, 3},
		"HTML as not found":    {Respond(404, GatewayPage), domain.ErrUnavailable, 3},
		"internal error":       {Respond(500, `{"error":{"type":"null_pointer_exception","reason":null},"status":500}`), domain.ErrUnavailable, 1},
		"redirected":           {Respond(302, `{}`), domain.ErrUnavailable, 1},
		"another JSON":         {Respond(200, `{}`), domain.ErrUnavailable, 1},
		"JSON of another type": {Respond(200, `[1]`), domain.ErrUnavailable, 1},
		"null":                 {Respond(200, `null`), domain.ErrUnavailable, 1},
		"blocked":              {Respond(403, Blocked), domain.ErrUnavailable, 1},
		"forbidden by AWS":     {Respond(403, Forbidden), nil, 1},
		"expired token":        {Respond(403, Expired), nil, 1},
		"reason alone":         {Respond(400, FailedBare), nil, 1},
		"not found by AWS":     {Respond(404, `{"message":"Not Found"}`), nil, 1},
		"index always missing": {Respond(404, NoSuchIndex), domain.ErrUnavailable, 2},
	}
}

// Calls returns a call for each method of an adapter whose client has the network.
type Calls func(t *testing.T, network *Network) map[string]func() error

// RunFailures has every call meet every failure. None means a missing document, a conflict or a success, and none is retried
// more often than is useful. writes are the calls whose first request is a write.
func RunFailures(t *testing.T, calls Calls, writes ...string) {
	for name, test := range failures() {
		for call := range calls(t, nil) {
			t.Run(name+"/"+call, func(t *testing.T) {
				t.Parallel()
				want := test.attempts
				if timeout := name == "timeout" || name == "gateway timeout"; timeout && slices.Contains(writes, call) {
					want = 3 // the outcome of a write is unknown
				}
				synctest.Test(t, func(t *testing.T) {
					network := NewNetwork(test.exchange)
					err := calls(t, network)[call]()
					if err == nil || KindOf(err) != test.kind || network.Attempts != want {
						t.Errorf("%v (kind %v) after %d attempts; want kind %v after %d", err, KindOf(err), network.Attempts, test.kind, want)
					}
				})
			})
		}
	}
}

// RunHugeResponses has every call meet a response that never ends: it reads a part of it, and once.
func RunHugeResponses(t *testing.T, calls Calls) {
	for call := range calls(t, nil) {
		var huge Endless
		network := NewNetwork(huge.Exchange)
		err := calls(t, network)[call]()
		if !errors.Is(err, domain.ErrUnavailable) || network.Attempts != 1 || huge.Size > 8<<20 || !huge.IsClosed {
			t.Errorf("%s = %v after %d attempts; read %d bytes, closed %t", call, err, network.Attempts, huge.Size, huge.IsClosed)
		}
	}
}

// RunErrorsQuoteNothing checks that no error contains the reason of a 400, which quotes the request: errors are logged.
func RunErrorsQuoteNothing(t *testing.T, calls Calls) {
	for name, body := range map[string]string{
		"object": `{"error":{"type":"mapper_parsing_exception","reason":"failed to parse. Preview of field's value: 'SECRET'"},"status":400}`,
		"text":   `{"error":"no: SECRET","status":400}`,
		"array":  `{"error":["SECRET"],"status":400}`,
	} {
		for call, run := range calls(t, NewNetwork(Respond(http.StatusBadRequest, body))) {
			if err := run(); err == nil || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%s, %s: %v", name, call, err)
			}
		}
	}
}
