package dynamo

import (
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/domain/user"
)

// TestEveryFieldIsKept: what a profile has comes back, all of it. A field that is new in user.Profile is kept by the
// store in memory as it is, but here only where userRecord, profileAttributes and userRecord.profile name it.
func TestEveryFieldIsKept(t *testing.T) {
	t.Parallel()
	var p user.Profile
	fields := reflect.ValueOf(&p).Elem()
	for i := range fields.NumField() {
		switch field := fields.Field(i); v := field.Addr().Interface().(type) {
		case *time.Time:
			*v = time.UnixMicro(4102488000000000 + int64(i)).UTC()
		default:
			setAnything(t, fields.Type().Field(i).Name, field, i)
		}
	}
	p.Type = user.Rentee
	item := map[string]types.AttributeValue{"id": text(string(p.ID)), "createdAt": integer(p.CreatedAt.UnixMicro())}
	for _, a := range profileAttributes {
		item[a.name] = a.of(p)
	}
	var r userRecord
	if err := attributevalue.UnmarshalMap(item, &r); err != nil {
		t.Fatal(err)
	}
	back := reflect.ValueOf(r.profile())
	for i := range fields.NumField() {
		if name := fields.Type().Field(i).Name; !reflect.DeepEqual(back.Field(i).Interface(), fields.Field(i).Interface()) {
			t.Errorf("%s of a profile is stored as %v and comes back as %v: see userrecord.go", name, fields.Field(i), back.Field(i))
		}
	}
}

// setAnything gives a field a value that is not zero, and that no other field has.
func setAnything(t *testing.T, name string, field reflect.Value, i int) {
	t.Helper()
	switch field.Kind() {
	case reflect.String:
		field.SetString(name)
	case reflect.Bool:
		field.SetBool(true)
	case reflect.Int64:
		field.SetInt(int64(i) + 1)
	case reflect.Float64:
		field.SetFloat(float64(i) + 0.5)
	case reflect.Slice:
		field.Set(reflect.MakeSlice(field.Type(), 1, 1))
		setAnything(t, name, field.Index(0), i)
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
		setAnything(t, name, field.Elem(), i)
	default:
		t.Fatalf("say here how to set %s, a %s", name, field.Type())
	}
}
