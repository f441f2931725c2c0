package functions_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestBodiesAreKept: what a body says, the response shows: all fields of a POST's example, and each field of a PATCH by
// itself. A field that is forgotten between wire, domain and view is reported by its name.
func TestBodiesAreKept(t *testing.T) {
	t.Parallel()
	d, kept := contract(t), 0
	for name, op := range d.operations() {
		p := &prober{document: d, op: op, name: name}
		example, schema := d.exampleOf(op)
		for _, field := range slices.Sorted(maps.Keys(objectIn(d.resolve(schema)["properties"]))) {
			body, found := example, example[field] != nil
			if strings.HasPrefix(name, "PATCH ") {
				body, found = p.another(field)
			}
			if !found {
				t.Errorf("openapi.yaml: the example of %s has no %s: without a value it cannot be seen whether that is kept", name, field)
				continue
			}
			kept++
			if shown, _ := p.send(t, request{body: body}).Body.(object); !equalJSON(t, shown[field], body[field]) {
				t.Errorf("%s: %s is %.80v, and the response shows %.80v: look for it in wire.go, the domain's constructor and the view", name, field, body[field], shown[field])
			}
		}
	}
	if kept < 15 {
		t.Errorf("%d fields are not all", kept)
	}
}

// another is a PATCH of one field to another value than the record has; false where none is known.
func (p *prober) another(field string) (object, bool) {
	from, _ := p.link(p.op)
	made, _ := p.exampleOf(p.operations()[from])
	example, schema := p.exampleOf(p.op)
	for _, value := range append([]any{example[field]}, p.boundsOf(objectIn(p.resolve(schema)["properties"])[field]).good...) {
		if value != nil && !reflect.DeepEqual(value, made[field]) {
			return object{field: value}, true
		}
	}
	return nil, false
}

// equalJSON reports whether two values are the same in JSON.
func equalJSON(t *testing.T, a, b any) bool {
	t.Helper()
	var read [2]any
	for i, v := range []any{a, b} {
		text, err := json.Marshal(v)
		if err == nil {
			err = json.Unmarshal(text, &read[i])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return reflect.DeepEqual(read[0], read[1])
}
