package gateway

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
)

// writeResponse writes a function's response. A malformed one is a 502, like from the service, and so is a status below
// 200, after which net/http would write another one.
func (g *Gateway) writeResponse(w http.ResponseWriter, function string, response []byte, id string) {
	var resp events.APIGatewayProxyResponse
	d := json.NewDecoder(bytes.NewReader(response))
	d.DisallowUnknownFields()
	if err := d.Decode(&resp); err != nil || resp.StatusCode < 200 || resp.StatusCode > 599 {
		g.config.Logger.Error("malformed proxy response", "function", function, "error", err, "status", resp.StatusCode)
		g.WriteError(w, integrationFailure, id)
		return
	}
	writeHeaders(w.Header(), resp)
	w.WriteHeader(resp.StatusCode)
	_, _ = io.WriteString(w, resp.Body) // an error means that the client is gone
}
