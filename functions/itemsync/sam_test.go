package itemsync_test

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/memory"
	"rental.example/adapters/samtest"
)

// TestUnderSAM replays the fixtures against the function as "sam build" made it, in a container, with an
// index in a real engine: the answers are those of the goldens. Its owners are none of the fixtures', since
// the tests of the items function use that index at the same time.
func TestUnderSAM(t *testing.T) {
	samtest.Endpoint(t, "SAM_LAMBDA_ENDPOINT", "sam-lambda,opensearch")
	samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "sam-lambda,opensearch")
	others := strings.NewReplacer(string(renter), "99999999-1111-4111-8111-111111111111", string(rentee), "99999999-2222-4222-8222-222222222222",
		string(ada), "99999999-3333-4333-8333-333333333333", string(gone), "99999999-4444-4444-8444-444444444444")
	for _, c := range apigatewaytest.Cases(t, root, "itemsync") {
		items := memory.NewItems()
		calm := ports{owners: memory.NewOwners(), holdings: items, items: items}
		want := string(invoke(t, portsFor(t, c.Name), io.Discard, c.Event).Answer)
		if string(invoke(t, calm, io.Discard, c.Event).Answer) != want {
			continue // a real engine has no such past and no such trouble to order
		}
		t.Run(c.Name, func(t *testing.T) {
			got := string(samtest.Invoke(t, "ItemSyncFunction", []byte(others.Replace(string(c.Event)))))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the answer differs from the golden one (-want +got):\n%s", diff)
			}
		})
	}
}
