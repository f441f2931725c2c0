package apigatewaytest

import (
	"encoding/base64"
	"encoding/json"
	"testing"
)

// FuzzCursor hands a listing any text for a cursor: it is refused as invalid_cursor or answered with a page, never with
// a 5xx. Text that is not taken for the cursor itself is its position, in a cursor that is good but for that; next is
// one that the listing gave out.
func FuzzCursor(f *testing.F, next string, list func(t *testing.T, cursor string) Response) {
	good, err := base64.RawURLEncoding.DecodeString(next)
	var parts map[string]json.RawMessage
	if err == nil {
		err = json.Unmarshal(good, &parts)
	}
	if err != nil || len(parts["p"]) == 0 {
		f.Fatalf("%q is no cursor: %v", next, err)
	}
	f.Add(next, false)
	f.Add(string(parts["p"]), true)
	f.Add("", false)
	f.Fuzz(func(t *testing.T, text string, position bool) {
		cursor := text
		if position {
			cursor = base64.RawURLEncoding.EncodeToString([]byte(`{"v":` + string(parts["v"]) + `,"q":` + string(parts["q"]) + `,"p":` + text + `}`))
		}
		answer := list(t, cursor)
		if answer.StatusCode == 200 {
			return
		}
		checkProblem(t, answer)
		if body, _ := answer.Body.(map[string]any); answer.StatusCode != 400 || body["code"] != "invalid_cursor" && body["code"] != "invalid_parameter" {
			t.Errorf("cursor %q: status %d, %v", cursor, answer.StatusCode, answer.Body)
		}
	})
}
