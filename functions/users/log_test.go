package users_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/memory/memoryusers"
	"rental.example/domain"
	"rental.example/domain/user"
)

// TestClockSkew checks that a clock far behind the stored versions is logged.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	for ahead, logged := range map[time.Duration]bool{domain.MaxClockSkew - time.Second: false, domain.MaxClockSkew + time.Second: true} {
		for _, name := range []string{"save-replaces", "patch-name", "delete"} {
			store, out := memoryusers.New(), new(bytes.Buffer)
			profile, err := user.New(domain.Caller{ID: domain.UserIDOf("11111111-1111-4111-8111-111111111111")},
				user.Draft{Name: "Jane Doe", Email: "jane@example.com", Type: "renter"}, domain.Stamp{Time: now.Add(ahead)})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := store.Save(t.Context(), profile, domain.Condition{}); err != nil {
				t.Fatal(err)
			}
			response := apigatewaytest.Invoke(t, newHandler(store, out), "invocation-1", apigatewaytest.Event(t, root, "users", name))
			if got := strings.Contains(out.String(), `"level":"ERROR","message":"clock behind stored versions"`); response.StatusCode >= 300 || got != logged {
				t.Errorf("%s, %v behind: status %d, logged %t:\n%s", name, ahead, response.StatusCode, got, out)
			}
		}
	}
}
