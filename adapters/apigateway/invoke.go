package apigateway

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/rawjson"
)

// Invoke implements lambda.Handler: it answers an event as it is on the wire, byte for byte what
// lambda.NewHandler(r.Serve) answers, in a fraction of the time. What is no event of API Gateway is an error. It
// may be called from several goroutines at once.
func (r *Router) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	d, _ := r.decoders.Get().(*eventDecoder)
	if d == nil {
		d = new(eventDecoder)
	}
	if err := d.decode(event); err != nil {
		return nil, err
	}
	resp, err := r.Serve(ctx, d.request)
	d.release()
	r.decoders.Put(d)
	return appendResponse(nil, resp), err
}

// appendResponse appends the response in JSON, as encoding/json has it without escapes for HTML.
func appendResponse(b []byte, resp events.APIGatewayProxyResponse) []byte {
	b = slices.Grow(b, responseSize(resp))
	b = append(b, `{"statusCode":`...)
	b = strconv.AppendInt(b, int64(resp.StatusCode), 10)
	b = append(b, `,"headers":`...)
	b = appendMap(b, resp.Headers, rawjson.AppendString)
	b = append(b, `,"multiValueHeaders":`...)
	b = appendMap(b, resp.MultiValueHeaders, appendStrings)
	b = append(b, `,"body":`...)
	b = rawjson.AppendString(b, resp.Body)
	if resp.IsBase64Encoded {
		b = append(b, `,"isBase64Encoded":true`...)
	}
	return append(b, '}')
}

// responseSize is how long the response is in JSON, roughly; a body of ordinary JSON has room.
func responseSize(resp events.APIGatewayProxyResponse) int {
	const frame = `{"statusCode":200,"headers":{},"multiValueHeaders":null,"body":""}`
	n := len(frame) + len(resp.Body) + strings.Count(resp.Body, `"`)
	for name, value := range resp.Headers {
		n += len(name) + len(value) + len(`"":"",`) + strings.Count(value, `"`)
	}
	return n
}

func appendMap[V any](b []byte, m map[string]V, appendValue func([]byte, V) []byte) []byte {
	if m == nil {
		return append(b, "null"...)
	}
	var room [16]string
	names := room[:0]
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		b = append(b, "{,"[min(i, 1)])
		b = append(rawjson.AppendString(b, name), ':')
		b = appendValue(b, m[name])
	}
	if len(names) == 0 {
		b = append(b, '{')
	}
	return append(b, '}')
}

func appendStrings(b []byte, list []string) []byte {
	if list == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = rawjson.AppendString(b, s)
	}
	return append(b, ']')
}
