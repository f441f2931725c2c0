package opensearchitems

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMappings checks that mappings have the fields of the records. They are strict: other fields cannot be written.
func TestMappings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		definition []byte
		record     any
	}{"items": {itemsIndex, itemRecord{}}, "owners": {ownersIndex, ownerRecord{}}} {
		var x struct {
			Mappings struct {
				Properties map[string]json.RawMessage
			}
		}
		if err := json.Unmarshal(test.definition, &x); err != nil {
			t.Fatal(err)
		}
		var fields []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(test.record)) {
			field, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			fields = append(fields, field)
		}
		slices.Sort(fields)
		if diff := cmp.Diff(fields, slices.Sorted(maps.Keys(x.Mappings.Properties))); diff != "" {
			t.Errorf("%s (-record +mapping):\n%s", name, diff)
		}
	}
}
