package users_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/memory"
	"rental.example/domain"
	"rental.example/domain/user"
)

// TestLogLines: one line a request with its keys, one of metrics, and nothing that a person wrote.
func TestLogLines(t *testing.T) {
	t.Parallel()
	personal := regexp.MustCompile(`@|TOKEN|eyJ|john|Jane|doe|Max|Roe`)
	for _, c := range apigatewaytest.Cases(t, root, "users") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			store := memory.NewUsers()
			seed(t, store)
			troubled, trouble := storeFor(c.Name, store)
			var out bytes.Buffer
			apigatewaytest.Invoke(t, newHandler(troubled, &out), "invocation-1", c.Event)

			apigatewaytest.CheckLogLines(t, "users", out.String())
			if found := personal.FindString(out.String()); found != "" && !trouble {
				t.Errorf("%q in the output:\n%s", found, out.String())
			}
		})
	}
}

// TestClockBehind: versions stay in order when a clock is wrong, and someone is told.
func TestClockBehind(t *testing.T) {
	t.Parallel()
	for ahead, told := range map[time.Duration]bool{domain.MaxClockSkew - time.Second: false, domain.MaxClockSkew + time.Second: true} {
		for _, name := range []string{"save-replaces", "patch-name", "delete"} {
			store, out := memory.NewUsers(), new(bytes.Buffer)
			profile, err := user.New(domain.Caller{ID: domain.UserIDOf("11111111-1111-4111-8111-111111111111")},
				user.Draft{Name: "Jane Doe", Email: "jane@example.com", Type: "renter"}, domain.Stamp{Time: now.Add(ahead)})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := store.Save(t.Context(), profile, domain.Condition{}); err != nil {
				t.Fatal(err)
			}
			answer := apigatewaytest.Invoke(t, newHandler(store, out), "invocation-1", event(t, name))
			if got := strings.Contains(out.String(), `"level":"ERROR","message":"clock behind stored versions"`); answer.StatusCode >= 300 || got != told {
				t.Errorf("%s, %v behind: status %d, told %t:\n%s", name, ahead, answer.StatusCode, got, out)
			}
		}
	}
}
