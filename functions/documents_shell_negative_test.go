package functions_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestShellBlocksNegative: a block that fails, prints nothing or something else than what is shown is found, and the next
// block has what the one before has set.
func TestShellBlocksNegative(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ok" {
			http.NotFound(w, r)
		} else if r.Method == http.MethodGet {
			_, _ = w.Write([]byte(`{"name": "saw", "id": "17", "total": 2}`))
		}
	}))
	t.Cleanup(server.Close)
	const ok = "```sh\ncurl http://localhost:8080/ok\n```\n"
	for name, test := range map[string]struct{ text, want string }{
		"right":        {"```sh\nA=http://localhost:8080 # the API\necho x$(curl $A/ok)\n```\n\n```sh\nmake test\n```\n\n```sh\ncurl -s \"$A/ok\" | cut -c 1-9\n```\n", ""},
		"shown":        {ok + "\nYou see:\n\n```json\n{\n  \"name\": \"saw\",\n  ...\n  \"total\": 2\n}\n```", ""},
		"shown wrong":  {ok + "```json\n{\"name\":\"saw\",...\"total\":3}\n```", `:1: this block fails: the page shows "\"total\":3}"`},
		"another text": {ok + "\nAn error is this.\n\n```json\n{\"error\":1}\n```", ""},
		"404":          {"```sh\ncurl http://localhost:8080/no\n```", ":1: this block fails: curl http://"},
		"404 in a":     {"```sh\nA=$(curl localhost:8080/no | cut -c 1-3)\necho a\n```", "/no: exit status 0, response 404"},
		"empty":        {"```sh\ncurl -X POST localhost:8080/ok\n```", ":1: this block fails: it prints nothing"},
		"status":       {ok + "```sh\necho a; false\n```", ":4: this block fails: exit status 1"},
		"unset":        {ok + "```sh\necho $NOWHERE\n```", ":4: this block fails: exit status"},
		"unknown":      {ok + "```sh\nno-such-program\n```", ":4: this block fails: exit status 127"},
		"destructive":  {ok + "```sh\ngrep -rl rental .\n```", ":4: this block fails: exit status 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(newBash(t, server.Listener.Addr().String()).page(t, newPage("sample.md", test.text)), "\n")
			if got != "" != (test.want != "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
