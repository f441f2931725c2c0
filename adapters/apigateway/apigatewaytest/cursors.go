package apigatewaytest

import (
	"encoding/base64"
	"encoding/json"
	"testing"
)

// FuzzCursor calls a list with any text as the cursor, or as the position in an otherwise valid cursor. The response must be
// a page, or 400 invalid_cursor or invalid_parameter. next is a cursor that the list returned.
func FuzzCursor(f *testing.F, next string, list func(t *testing.T, cursor string) Response) {
	good, err := base64.RawURLEncoding.DecodeString(next)
	var parts map[string]json.RawMessage
	if err == nil {
		err = json.Unmarshal(good, &parts)
	}
	if err != nil || len(parts["p"]) == 0 {
		f.Fatalf("%q is not a cursor: %v", next, err)
	}
	f.Add(next, false)
	f.Add(string(parts["p"]), true)
	f.Add("", false)
	f.Fuzz(func(t *testing.T, text string, position bool) {
		cursor := text
		if position {
			cursor = base64.RawURLEncoding.EncodeToString([]byte(`{"v":` + string(parts["v"]) + `,"q":` + string(parts["q"]) + `,"p":` + text + `}`))
		}
		response := list(t, cursor)
		if response.StatusCode == 200 {
			return
		}
		checkProblem(t, response)
		if body, _ := response.Body.(map[string]any); response.StatusCode != 400 || body["code"] != "invalid_cursor" && body["code"] != "invalid_parameter" {
			t.Errorf("cursor %q: status %d, %v", cursor, response.StatusCode, response.Body)
		}
	})
}
