package gateway

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
)

func traceHeader(event []byte) string {
	var e struct {
		Headers map[string]string `json:"headers"`
	}
	_ = json.Unmarshal(event, &e) // our own event; without the header there is no trace
	return e.Headers["X-Amzn-Trace-Id"]
}

// respond writes a function's answer. One that is not in the proxy integration's form is a 502, as from
// the service. A status below 200 would have net/http write another one after it.
func (g *Gateway) respond(w http.ResponseWriter, function string, answer []byte, id string) {
	var resp events.APIGatewayProxyResponse
	d := json.NewDecoder(bytes.NewReader(answer))
	d.DisallowUnknownFields()
	if err := d.Decode(&resp); err != nil || resp.StatusCode < 200 || resp.StatusCode > 599 {
		g.config.Logger.Error("malformed proxy answer", "function", function, "error", err, "status", resp.StatusCode)
		g.Fail(w, integrationFailure, id)
		return
	}
	writeHeaders(w.Header(), resp)
	w.WriteHeader(resp.StatusCode)
	_, _ = io.WriteString(w, resp.Body) // the client may have gone
}
