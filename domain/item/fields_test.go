package item_test

import (
	"reflect"
	"testing"
	"time"

	"rental.example/domain/item"
)

// vary sets a field to a value other than zero.
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
		t.Fatalf("cannot set %s of type %s: add its kind here", name, field.Type())
	}
}

// TestDigestOfEveryField: a field missing in Digest would make a different request with the same Idempotency-Key a retry.
func TestDigestOfEveryField(t *testing.T) {
	t.Parallel()
	for i := range reflect.TypeFor[item.Draft]().NumField() {
		var d item.Draft
		name := reflect.TypeOf(d).Field(i).Name
		vary(t, name, reflect.ValueOf(&d).Elem().Field(i))
		if d.Digest() == (item.Draft{}).Digest() {
			t.Errorf("Draft.Digest ignores %s", name)
		}
	}
}

// TestEqualOfEveryField: a change of a field missing in Equal would not be stored.
func TestEqualOfEveryField(t *testing.T) {
	t.Parallel()
	checkEqual(t, item.Item.Equal)
	checkEqual(t, item.Owner.Equal)
}

func checkEqual[T any](t *testing.T, equal func(a, b T) bool) {
	t.Helper()
	for i := range reflect.TypeFor[T]().NumField() {
		var zero, other T
		name := reflect.TypeFor[T]().Field(i).Name
		vary(t, name, reflect.ValueOf(&other).Elem().Field(i))
		if equal(zero, other) || equal(other, zero) {
			t.Errorf("%T.Equal ignores %s", zero, name)
		}
	}
}
