package items_test

import (
	"io"
	"net/url"
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
)

// FuzzCursor: whatever a client sends for a cursor, GET /items answers with a page or refuses it.
func FuzzCursor(f *testing.F) {
	p := inMemory()
	seed(f, p)
	h := newHandler(p, io.Discard)
	first, _ := ask(f, h, "sort=price&limit=1").Body.(map[string]any)
	next, _ := first["next"].(string)
	apigatewaytest.FuzzCursor(f, next, func(t *testing.T, cursor string) apigatewaytest.Response {
		return ask(t, h, "sort=price&cursor="+url.QueryEscape(cursor))
	})
}
