package filterpolicy_test

import (
	"encoding/json"
	"testing"

	"rental.example/functions/local/filterpolicy"
)

func newPolicy(t *testing.T, text, scope string) (*filterpolicy.Policy, error) {
	t.Helper()
	var policy any
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		t.Fatal(err)
	}
	return filterpolicy.New(policy, scope)
}

// TestMatches: each operator matches and does not match.
func TestMatches(t *testing.T) {
	t.Parallel()
	attributes := map[string]filterpolicy.Attribute{
		"type": {Type: "String", Value: "user.created"}, "n": {Type: "Number", Value: "7.0"}, "bytes": {Type: "Binary", Value: "x"},
		"list": {Type: "String.Array", Value: `["rugby","baseball"]`},
	}
	const body = `{"type":"user.created","n":7,"list":["rugby","baseball"],"in":{"x":null,"ok":true}}`
	for policy, want := range map[string]bool{
		`{"type":["user.created"]}`: true, `{"type":["other"]}`: false, `{"type":["other",{"prefix":"user."}]}`: true, `{"type":[{"prefix":"item."}]}`: false,
		`{"type":[{"suffix":"created"}]}`: true, `{"type":[{"equals-ignore-case":"USER.CREATED"}]}`: true, `{"type":[{"wildcard":"user.*ed"}]}`: true,
		`{"type":[{"wildcard":"user"}]}`: false, `{"type":[{"anything-but":"user.created"}]}`: false, `{"type":[{"anything-but":["a","b"]}]}`: true,
		`{"type":[{"anything-but":{"prefix":"user."}}]}`: false, `{"gone":[{"anything-but":"a"}]}`: false, `{"type":[{"exists":true}]}`: true,
		`{"type":[{"exists":false}]}`: false, `{"gone":[{"exists":false}]}`: true, `{"n":[7]}`: true, `{"n":["7"]}`: false, `{"n":[{"numeric":["=",7]}]}`: true,
		`{"n":[{"numeric":[">",0,"<=",7]}]}`: true, `{"n":[{"numeric":["<",7]}]}`: false, `{"type":[{"numeric":["<",7]}]}`: false,
		`{"list":["baseball"]}`: true, `{"list":["tennis"]}`: false, `{"list":[{"anything-but":["rugby"]}]}`: true,
		`{"type":["user.created"],"n":[8]}`: false,
	} {
		for _, scope := range []string{filterpolicy.MessageAttributes, filterpolicy.MessageBody} {
			p, err := newPolicy(t, policy, scope)
			if err != nil || p.Matches(attributes, body) != want {
				t.Errorf("%s of %s: %v, want %t", policy, scope, err, want)
			}
		}
	}
	for policy, want := range map[string]bool{
		`{"in":{"ok":[true]}}`: true, `{"in":{"ok":[false]}}`: false, `{"in":{"x":[null]}}`: true, `{"in":{"y":[{"exists":false}]}}`: true, `{"type":{"x":["a"]}}`: false,
	} {
		p, err := newPolicy(t, policy, filterpolicy.MessageBody)
		if err != nil || p.Matches(nil, body) != want || p.Matches(nil, "no JSON") {
			t.Errorf("%s: %v, want %t", policy, err, want)
		}
	}
}

func TestUnsupported(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{
		`[]`, `{"a":"x"}`, `{"a":[]}`, `{"$or":[{"a":["x"]}]}`, `{"a":[{"cidr":"10.0.0.0/24"}]}`, `{"a":[{"numeric":["!",1]}]}`, `{"a":[{"numeric":[">"]}]}`,
		`{"a":[{"prefix":1}]}`, `{"a":[{}]}`, `{"a":[{"anything-but":{"numeric":["=",1]}}]}`, `{"a":{"b":["x"]}}`,
	} {
		if _, err := newPolicy(t, policy, filterpolicy.MessageAttributes); err == nil {
			t.Errorf("%s was accepted", policy)
		}
	}
	if _, err := newPolicy(t, `{}`, "Body"); err == nil {
		t.Error("an unknown scope was accepted")
	}
}
