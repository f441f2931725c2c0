package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// traceKey is where the Lambda runtime of aws-lambda-go keeps the tracing header in a context.
var traceKey any = "x-amzn-trace-id"

// call runs the function as the Lambda runtime does. A panic ends the invocation, not the process, as
// the service starts a new one.
func (g *Gateway) call(ctx context.Context, f *Function, event []byte) (answer []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{
		AwsRequestID:       g.config.NewID(),
		InvokedFunctionArn: "arn:aws:lambda:us-east-1:" + accountID + ":function:" + f.Name,
	})
	ctx = context.WithValue(ctx, traceKey, traceHeader(event))
	return f.New().Invoke(ctx, event)
}

func traceHeader(event []byte) string {
	var e struct {
		Headers map[string]string `json:"headers"`
	}
	_ = json.Unmarshal(event, &e) // our own event; without the header there is no trace
	return e.Headers["X-Amzn-Trace-Id"]
}

// respond writes a function's answer. One that is not in the proxy integration's form is a 502, as from
// the service.
func (g *Gateway) respond(w http.ResponseWriter, function string, event, answer []byte, id string) {
	var resp events.APIGatewayProxyResponse
	d := json.NewDecoder(bytes.NewReader(answer))
	d.DisallowUnknownFields()
	if err := d.Decode(&resp); err != nil || resp.StatusCode < 100 || resp.StatusCode > 599 {
		g.config.Logger.Error("malformed proxy answer", "function", function, "error", err, "status", resp.StatusCode)
		g.Fail(w, integrationFailure, id)
		return
	}
	if g.config.Record != nil {
		g.config.Record(function, event, answer)
	}
	writeHeaders(w.Header(), resp)
	w.WriteHeader(resp.StatusCode)
	_, _ = io.WriteString(w, resp.Body) // the client may have gone
}

// writeHeaders merges both maps; where a name is in both, the list wins. The service renames a
// function's WWW-Authenticate, and gives a body without a type the default one.
func writeHeaders(h http.Header, resp events.APIGatewayProxyResponse) {
	for name, value := range resp.Headers {
		h.Set(remapped(name), value)
	}
	for name, values := range resp.MultiValueHeaders {
		h.Del(remapped(name))
		for _, value := range values {
			h.Add(remapped(name), value)
		}
	}
	if h.Get("Content-Type") == "" && resp.Body != "" {
		h.Set("Content-Type", "application/json")
	}
}

func remapped(name string) string {
	if strings.EqualFold(name, "WWW-Authenticate") {
		return "X-Amzn-Remapped-Www-Authenticate"
	}
	return name
}
