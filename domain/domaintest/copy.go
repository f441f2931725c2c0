package domaintest

import (
	"encoding/json"
	"reflect"
	"time"

	"rental.example/domain"
)

// overwrite sets to zero what a copy of v shares with v: elements of pointers, slices and maps, in exported fields.
func overwrite(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			overwrite(v.Elem())
			v.Elem().SetZero()
		}
	case reflect.Slice:
		for i := range v.Len() {
			overwrite(v.Index(i))
			v.Index(i).SetZero()
		}
	case reflect.Map:
		v.Clear()
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				overwrite(v.Field(i))
			}
		}
	}
}

// copiesValues overwrites what it passed to the store and what the store returned.
func copiesValues[R any, P comparable](t storeTrial[R, P]) {
	r := t.New(0, At(0))
	stored := func() string { // with what is after pointers
		text, err := json.Marshal(t.get(r))
		t.WantError("encoding", err, nil)
		return string(text)
	}
	unchangedBy := func(what string, used any) {
		t.Helper()
		want := stored()
		overwrite(reflect.ValueOf(used))
		if got := stored(); got != want {
			t.Errorf("after %s was overwritten:\n got %s\nwant %s", what, got, want)
		}
	}
	base := t.create(r)
	unchangedBy("the created record", r)
	unchangedBy("the result of Get", t.get(r))
	next := t.Change(t.get(r), "2", At(time.Second))
	if t.Save != nil {
		versions := []domain.Version{t.Info(base).Version}
		saved, _, err := t.Save(t.Context(), next, domain.MustBe(versions...))
		t.WantError("Save", err, nil)
		unchangedBy("the result of Save", saved)
		unchangedBy("the list of versions", versions)
	} else if t.Replace != nil {
		t.replace(base, next)
	}
	unchangedBy("the replacing record", next)
}
