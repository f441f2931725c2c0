package itemsync_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/memory"
	"rental.example/adapters/samtest"
	"rental.example/domain"
)

// TestUnderSAM replays the fixtures against the function as "sam build" made it, in a container, with an
// index in a real engine: the answers are those of the goldens. Each has owners of its own: the tests of
// the items function use that index at the same time, and what one fixture did to an owner changes the answer to the next.
func TestUnderSAM(t *testing.T) {
	samtest.Endpoint(t, "SAM_LAMBDA_ENDPOINT", "sam-lambda,opensearch")
	samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "sam-lambda,opensearch")
	for i, c := range apigatewaytest.Cases(t, root, "itemsync") {
		items := memory.NewItems()
		calm := ports{owners: memory.NewOwners(), holdings: items, items: items}
		want := string(invoke(t, portsFor(t, c.Name), io.Discard, c.Event).Answer)
		if string(invoke(t, calm, io.Discard, c.Event).Answer) != want {
			continue // a real engine has no such past and no such trouble to order
		}
		var others []string
		for j, owner := range []domain.UserID{renter, rentee, ada, gone} {
			others = append(others, string(owner), fmt.Sprintf("%08d-9999-4999-8999-99999999999%d", i, j))
		}
		t.Run(c.Name, func(t *testing.T) {
			got := string(samtest.Invoke(t, "ItemSyncFunction", []byte(strings.NewReplacer(others...).Replace(string(c.Event)))))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the answer differs from the golden one (-want +got):\n%s", diff)
			}
		})
	}
}
