package item_test

import (
	"reflect"
	"testing"
	"time"

	"rental.example/domain/item"
)

// vary gives a field another value than the zero one.
func vary(t *testing.T, name string, field reflect.Value) {
	t.Helper()
	switch field.Kind() {
	case reflect.String:
		field.SetString("a")
	case reflect.Int, reflect.Int64:
		field.SetInt(1)
	case reflect.Uint8:
		field.SetUint(1)
	case reflect.Float64:
		field.SetFloat(1)
	case reflect.Bool:
		field.SetBool(true)
	case reflect.Array:
		vary(t, name, field.Index(0))
	case reflect.Slice:
		field.Set(reflect.MakeSlice(field.Type(), 1, 1))
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
	case reflect.Struct:
		if field.Type() == reflect.TypeFor[time.Time]() {
			field.Set(reflect.ValueOf(time.Unix(1, 0)))
			return
		}
		vary(t, name, field.Field(0))
	default:
		t.Fatalf("say here how to set %s, a %s", name, field.Type())
	}
}

// TestDigestOfEveryField: two drafts that differ in one field have other digests. Of a field that Digest leaves out, a
// request under a used Idempotency-Key would get the item that another draft made.
func TestDigestOfEveryField(t *testing.T) {
	t.Parallel()
	for i := range reflect.TypeFor[item.Draft]().NumField() {
		var d item.Draft
		name := reflect.TypeOf(d).Field(i).Name
		vary(t, name, reflect.ValueOf(&d).Elem().Field(i))
		if d.Digest() == (item.Draft{}).Digest() {
			t.Errorf("Draft.Digest leaves out %s", name)
		}
	}
}

// TestEqualOfEveryField: two items that differ in one field are not equal. A change of a field that Equal leaves out
// would not be stored.
func TestEqualOfEveryField(t *testing.T) {
	t.Parallel()
	for i := range reflect.TypeFor[item.Item]().NumField() {
		var it item.Item
		name := reflect.TypeOf(it).Field(i).Name
		vary(t, name, reflect.ValueOf(&it).Elem().Field(i))
		if it.Equal(item.Item{}) || (item.Item{}).Equal(it) {
			t.Errorf("Item.Equal leaves out %s", name)
		}
	}
}
