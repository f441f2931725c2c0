package itemsync_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/memory/memoryitems"
	"rental.example/adapters/samtest"
	"rental.example/domain"
)

// TestUnderSAM replays the fixtures against the function as built by "sam build", in a container, with an index in a real
// engine, and compares the responses with the goldens. Each fixture has its own owners, since the tests of the items
// function use the index at the same time, and one fixture would change the response to the next.
func TestUnderSAM(t *testing.T) {
	samtest.Endpoint(t, "SAM_LAMBDA_ENDPOINT", "sam-lambda,opensearch")
	samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "sam-lambda,opensearch")
	for i, c := range apigatewaytest.Cases(t, root, "itemsync") {
		items := memoryitems.NewItems()
		healthy := ports{owners: memoryitems.NewOwners(), holdings: items, items: items}
		want := string(invoke(t, portsFor(t, c.Name), io.Discard, c.Event).Response)
		if string(invoke(t, healthy, io.Discard, c.Event).Response) != want {
			continue // needs a failure or a state that the real engine does not have
		}
		var others []string
		for j, owner := range []domain.UserID{renter, rentee, ada, gone} {
			others = append(others, string(owner), fmt.Sprintf("%08d-9999-4999-8999-99999999999%d", i, j))
		}
		t.Run(c.Name, func(t *testing.T) {
			got := string(samtest.Invoke(t, "ItemSyncFunction", []byte(strings.NewReplacer(others...).Replace(string(c.Event)))))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the response differs from the golden (-want +got):\n%s", diff)
			}
		})
	}
}
