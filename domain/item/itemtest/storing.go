package itemtest

import (
	"context"
	"errors"
	"strings"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

func storing() []test {
	return []test{
		{"store/what is kept comes back", keepsEverything},
		{"store/absent", getsNothing},
		{"store/values are copied", copiesValues},
		{"store/create conflicts", createConflicts},
		{"store/a creation is recognised", createRecognised},
		{"store/replace", replaces},
		{"store/replace conflicts", replaceConflicts},
		{"store/revisions never come back", revisionsNeverReturn},
		{"store/delete", deletes},
		{"store/delete conflicts", deleteConflicts},
		{"store/a context that has ended", contextEnded},
	}
}

// full is a draft that makes use of every field, with what an encoding could spoil.
func full() item.Draft {
	return item.Draft{
		Name: "Bohrmaschine \"80 V\" <&> \\ \u00a0 Größe 東京 🚲", Details: strings.Repeat("ä<", item.MaxDetailsLength/2),
		Category: "power-tools", Tags: []string{"zulu", "alpha", "mike"}, PricePerDay: pointer(999_999.99),
		Lat: pointer(-89.99999999999999), Lng: pointer(179.99999999999997),
	}
}

func keepsEverything(t trial) {
	bare := t.newItem(item.Draft{}, domain.Stamp{Time: noon.Add(time.Microsecond)})
	free := t.newItem(item.Draft{PricePerDay: pointer(0.0), Lat: pointer(0.0), Lng: pointer(0.0)}, at(0))
	unowned := free
	unowned.ID, unowned.OwnerVersion = newID(noon), 0
	for _, it := range []item.Item{t.newItem(full(), at(0)), bare, free, unowned} {
		t.create(it)
		t.wantItem(it)
	}
}

func getsNothing(t trial) {
	t.wantAbsent(newID(noon))
	t.create(t.newItem(item.Draft{}, at(0)))
	t.wantAbsent(newID(noon))
}

func copiesValues(t trial) {
	it := t.newItem(full(), at(0))
	want := it
	want.Tags, want.PricePerDay = append([]string(nil), it.Tags...), pointer(*it.PricePerDay)
	t.create(it)
	it.Tags[0], *it.PricePerDay = "changed", 1
	t.wantItem(want)
	got := t.get(it.ID).Item
	got.Tags[0], *got.PricePerDay = "changed", 1
	t.wantItem(want)
}

func createConflicts(t trial) {
	first := t.newItem(item.Draft{Name: "First"}, at(0))
	t.create(first)
	other := t.newItem(item.Draft{Name: "Second"}, at(time.Second))
	other.ID = first.ID
	t.wantError("Create over an item", t.Store.Create(t.Context(), other), domain.ErrConflict)
	t.wantItem(first)

	// Without a name of the request, nothing tells a repetition from another creation.
	nameless := t.newItem(item.Draft{}, domain.Stamp{Time: noon})
	t.create(nameless)
	t.wantError("Create, nameless, again", t.Store.Create(t.Context(), nameless), domain.ErrConflict)

	if err := t.Store.Delete(t.Context(), first.ID, t.get(first.ID).Revision); err != nil {
		t.Fatal(err)
	}
	t.create(other)
	t.wantItem(other)
}

func createRecognised(t trial) {
	it := t.newItem(item.Draft{}, at(0))
	t.create(it, it)
	t.wantItem(it)
}

func replaces(t trial) {
	it := t.newItem(full(), at(0))
	t.create(it)
	for step := range 5 {
		before := t.get(it.ID)
		it = t.renamed(it, strings.Repeat("n", step+1), at(time.Duration(step)*time.Second))
		if step == 3 {
			it.Category, it.Details, it.Tags, it.PricePerDay = "", "", nil, nil
		}
		if err := t.Store.Replace(t.Context(), it, before.Revision); err != nil {
			t.Fatalf("Replace = %v", err)
		}
		t.wantItem(it)
	}
}

func replaceConflicts(t trial) {
	it := t.newItem(item.Draft{}, at(0))
	t.create(it)
	old := t.get(it.ID).Revision
	current := t.renamed(it, "Current", at(time.Second))
	if err := t.Store.Replace(t.Context(), current, old); err != nil {
		t.Fatal(err)
	}
	late := t.renamed(it, "Late", at(2*time.Second))
	t.wantError("Replace over an old state", t.Store.Replace(t.Context(), late, old), domain.ErrConflict)
	t.wantItem(current)

	now := t.get(it.ID).Revision
	if err := t.Store.Delete(t.Context(), it.ID, now); err != nil {
		t.Fatal(err)
	}
	t.wantError("Replace of what is gone", t.Store.Replace(t.Context(), late, now), domain.ErrConflict)
	t.wantAbsent(it.ID)

	never := t.newItem(item.Draft{}, at(0))
	t.wantError("Replace of what never was", t.Store.Replace(t.Context(), never, now), domain.ErrConflict)
	t.wantAbsent(never.ID)
}

// revisionsNeverReturn makes an item again in the very state that it had: a writer who read the first must
// not be let in.
func revisionsNeverReturn(t trial) {
	it := t.newItem(item.Draft{}, at(0))
	t.create(it)
	first := t.get(it.ID).Revision
	if err := t.Store.Delete(t.Context(), it.ID, first); err != nil {
		t.Fatal(err)
	}
	t.create(it)
	late := t.renamed(it, "Late", at(time.Second))
	t.wantError("Replace", t.Store.Replace(t.Context(), late, first), domain.ErrConflict)
	t.wantError("Delete", t.Store.Delete(t.Context(), it.ID, first), domain.ErrConflict)
	t.wantItem(it)
}

func deletes(t trial) {
	it, other := t.newItem(item.Draft{}, at(0)), t.newItem(item.Draft{}, at(0))
	t.create(it, other)
	revision := t.get(it.ID).Revision
	if err := t.Store.Delete(t.Context(), it.ID, revision); err != nil {
		t.Fatalf("Delete = %v", err)
	}
	t.wantAbsent(it.ID)
	t.wantItem(other)
	t.wantError("Delete again", t.Store.Delete(t.Context(), it.ID, revision), domain.ErrNotFound)
	t.wantError("Delete of what never was", t.Store.Delete(t.Context(), newID(noon), revision), domain.ErrNotFound)
}

func deleteConflicts(t trial) {
	it := t.newItem(item.Draft{}, at(0))
	t.create(it)
	old := t.get(it.ID).Revision
	current := t.renamed(it, "Current", at(time.Second))
	if err := t.Store.Replace(t.Context(), current, old); err != nil {
		t.Fatal(err)
	}
	t.wantError("Delete of an old state", t.Store.Delete(t.Context(), it.ID, old), domain.ErrConflict)
	t.wantItem(current)
}

// contextEnded accepts that a store does not look at its context, but no other error than the port names.
func contextEnded(t trial) {
	it := t.newItem(item.Draft{}, at(0))
	t.create(it)
	revision := t.get(it.ID).Revision
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := t.Store.Get(ctx, it.ID)
	for _, err := range []error{
		err,
		t.Store.Replace(ctx, t.renamed(it, "Renamed", at(0)), revision),
		t.Store.Create(ctx, t.newItem(item.Draft{}, at(0))),
	} {
		if err != nil && !errors.Is(err, domain.ErrUnavailable) {
			t.Errorf("with a context that has ended: %v, want none or %v", err, domain.ErrUnavailable)
		}
	}
}
