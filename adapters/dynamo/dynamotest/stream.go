package dynamotest

import (
	"encoding/json"
	"strings"
	"testing"
)

// Tree decodes a stream record.
func Tree(t testing.TB, record json.RawMessage) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(record, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// EditRecord returns a stream record with one member replaced by a JSON value, or deleted for an empty one. path are the
// names that lead to it, separated by slashes.
func EditRecord(t testing.TB, record json.RawMessage, path, value string) json.RawMessage {
	t.Helper()
	all := Tree(t, record)
	names := strings.Split(path, "/")
	object := all
	for _, name := range names[:len(names)-1] {
		object = object[name].(map[string]any)
	}
	last := names[len(names)-1]
	delete(object, last)
	if value != "" {
		object[last] = json.RawMessage(value)
	}
	edited, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return edited
}
