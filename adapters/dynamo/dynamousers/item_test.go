package dynamousers

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/google/go-cmp/cmp"

	"rental.example/domain/user"
)

// TestAllFieldsAreStored checks that an item and a stream record keep every field of a profile and of a tombstone, new
// fields included, and values at their limits.
func TestAllFieldsAreStored(t *testing.T) {
	t.Parallel()
	var p user.Profile
	setFields(t, reflect.ValueOf(&p).Elem())
	p.Type = user.Rentee
	var tombstone user.Tombstone
	setFields(t, reflect.ValueOf(&tombstone).Elem())
	extreme := user.Profile{
		ID: "x", Name: "\"<b>\\\u2028\x00é🚲", Email: `{"S":"x"}`, RequestID: strings.Repeat("x", 300), Type: user.Renter,
		Ratings: math.SmallestNonzeroFloat64, Version: math.MaxInt64, CreatedAt: timeOf(0), UpdatedAt: timeOf(1 << 52),
	}
	for _, want := range []user.Record{
		{Profile: &extreme, LastDeleted: math.MaxInt64 - 1},
		{Tombstone: &user.Tombstone{ID: "x", Version: math.MaxInt64, DeletedAt: timeOf(1)}},
		{Profile: &p, LastDeleted: 1, Deletions: user.Deletions{Day: 2, Count: 3}},
		{Tombstone: &tombstone, Deletions: user.Deletions{Day: 2, Count: 3}},
	} {
		stored, err := itemOf(want)
		if err != nil {
			t.Fatal(err)
		}
		var i item
		if err := attributevalue.UnmarshalMap(stored, &i); err != nil {
			t.Fatal(err)
		}
		if got, err := i.record(); err != nil || !cmp.Equal(want, got) {
			t.Errorf("from the item, %v (-want +got):\n%s", err, cmp.Diff(want, got))
		}
		for _, change := range []Change{{"1", "2", user.Record{}, want}, {"1", "2", want, want}, {"1", "2", want, user.Record{}}} {
			raw, err := change.Record()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := ParseChange(raw); err != nil || !cmp.Equal(change, got) {
				t.Errorf("from the stream record, %v (-want +got):\n%s", err, cmp.Diff(change, got))
			}
		}
	}
	if raw, err := (Change{EventID: "1", SequenceNumber: "2"}).Record(); err == nil {
		t.Errorf("the zero change has the record %s", raw)
	}
}

// TestSizeBytes: the size is that of the keys and the images, as DynamoDB counts it.
func TestSizeBytes(t *testing.T) {
	t.Parallel()
	tombstone := user.Record{Tombstone: &user.Tombstone{ID: "x", Version: 12345, DeletedAt: time.UnixMicro(123).UTC()}}
	raw, err := Change{EventID: "1", SequenceNumber: "2", After: tombstone}.Record()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Change struct{ SizeBytes int } `json:"dynamodb"`
	}
	want := len("idx") + len("idx") + len("version") + 4 + len("deletedAt") + 3 + len("deletedVersion") + 4 + len("expiresAt") + 5
	if err := json.Unmarshal(raw, &got); err != nil || got.Change.SizeBytes != want {
		t.Errorf("%d bytes, %v, want %d: %s", got.Change.SizeBytes, err, want, raw)
	}
}

// setFields sets each field of a struct to a non-zero value that no other field has.
func setFields(t *testing.T, fields reflect.Value) {
	t.Helper()
	for i := range fields.NumField() {
		name := fields.Type().Field(i).Name
		switch field := fields.Field(i); {
		case field.Type() == reflect.TypeFor[time.Time]():
			field.Set(reflect.ValueOf(time.UnixMicro(4102488000000000 + int64(i)).UTC()))
		case field.Kind() == reflect.String:
			field.SetString(name)
		case field.Kind() == reflect.Bool:
			field.SetBool(true)
		case field.CanInt():
			field.SetInt(int64(i) + 2)
		case field.CanFloat():
			field.SetFloat(float64(i) + 0.5)
		default:
			t.Fatalf("%s is a %s: set it here", name, field.Type())
		}
	}
}
