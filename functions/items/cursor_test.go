package items_test

import (
	"io"
	"net/url"
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
)

// FuzzCursor checks that GET /items returns a page or 400 for any cursor.
func FuzzCursor(f *testing.F) {
	p := inMemory()
	seed(f, p)
	h := newHandler(p, io.Discard)
	first, _ := invokeSearch(f, h, "sort=price&limit=1").Body.(map[string]any)
	next, _ := first["next"].(string)
	apigatewaytest.FuzzCursor(f, next, func(t *testing.T, cursor string) apigatewaytest.Response {
		return invokeSearch(t, h, "sort=price&cursor="+url.QueryEscape(cursor))
	})
}
