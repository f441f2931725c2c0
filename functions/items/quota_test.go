package items_test

import (
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/domain"
	"rental.example/domain/item"
)

// TestQuota: an owner has at most item.MaxOwned items. A retry with the same Idempotency-Key still gets its item, and after
// a deletion there is room again. Other owners are not affected.
func TestQuota(t *testing.T) {
	t.Parallel()
	p := inMemory()
	seed(t, p)
	for n := range item.MaxOwned - 3 { // she also owns two seeded items and the keyed one below
		id := item.ID(fmt.Sprintf("01KDVJ2M%018d", n))
		itm, err := item.New(id, domain.Caller{ID: renter}, item.Owner{}, item.Draft{Name: "Chair", Lat: ptr(1.0), Lng: ptr(1.0)}, domain.Stamp{Time: seeded})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.store.Create(t.Context(), itm); err != nil {
			t.Fatal(err)
		}
	}
	h := newHandler(p, io.Discard)
	const jane, max = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222" // subs
	requests := 0
	list := func(sub, key string) apigatewaytest.Response {
		event, err := json.Marshal(events.APIGatewayProxyRequest{
			HTTPMethod: "POST", Resource: "/items", Path: "/items", Body: `{"name":"Table","lat":1,"lng":1}`,
			MultiValueHeaders: map[string][]string{"Content-Type": {"application/json"}, "Idempotency-Key": {key}},
			RequestContext: events.APIGatewayProxyRequestContext{Authorizer: map[string]any{
				"claims": map[string]any{"sub": sub, "token_use": "id"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		requests++
		return apigatewaytest.Invoke(t, h, fmt.Sprint("invocation-", requests), event)
	}
	for _, step := range []struct {
		sub    string
		key    string
		status int
	}{{jane, "the last", 201}, {jane, "one more", 409}, {jane, "the last", 200}, {max, "one more", 201}} {
		if got := list(step.sub, step.key); got.StatusCode != step.status {
			t.Errorf("%s by %s: status %d, want %d: %v", step.key, step.sub, got.StatusCode, step.status, got.Body)
		}
	}
	stored, err := p.store.Get(t.Context(), "01KDVJ2M000000000000000000")
	if err == nil {
		err = p.store.Delete(t.Context(), stored.Item.ID, stored.Revision)
	}
	if got := list(jane, "one more"); err != nil || got.StatusCode != 201 {
		t.Errorf("after a deletion: status %d, %v: %v", got.StatusCode, err, got.Body)
	}
}
