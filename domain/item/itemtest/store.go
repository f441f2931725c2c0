package itemtest

import (
	"context"
	"errors"
	"strings"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

// fullDraft returns a draft with every field, and characters that an encoding could spoil.
func fullDraft() item.Draft {
	return item.Draft{
		Name: "Bohrmaschine \"80 V\" <&> \\ \u00a0 Größe 東京 🚲", Details: strings.Repeat("ä<", item.MaxDetailsLength/2),
		Category: "power-tools", Tags: []string{"zulu", "alpha", "mike"}, PricePerDay: pointer(999_999.99),
		Lat: pointer(-89.99999999999999), Lng: pointer(179.99999999999997),
	}
}

func storesAllFields(t trial) {
	bare := t.newItem(item.Draft{}, domain.Stamp{Time: noon.Add(time.Microsecond)})
	free := t.newItem(item.Draft{PricePerDay: pointer(0.0), Lat: pointer(0.0), Lng: pointer(0.0)}, at(0))
	unowned := free
	unowned.ID, unowned.OwnerVersion = newID(noon), 0
	for _, itm := range []item.Item{t.newItem(fullDraft(), at(0)), bare, free, unowned} {
		t.create(itm)
		t.wantItem(itm)
	}
}

func getMissing(t trial) {
	t.wantAbsent(newID(noon))
	t.create(t.newItem(item.Draft{}, at(0)))
	t.wantAbsent(newID(noon))
}

func copiesValues(t trial) {
	itm := t.newItem(fullDraft(), at(0))
	want := itm
	want.Tags, want.PricePerDay = append([]string(nil), itm.Tags...), pointer(*itm.PricePerDay)
	t.create(itm)
	itm.Tags[0], *itm.PricePerDay = "changed", 1
	t.wantItem(want)
	got := t.get(itm.ID).Item
	got.Tags[0], *got.PricePerDay = "changed", 1
	t.wantItem(want)
}

func createConflicts(t trial) {
	first := t.createNew(item.Draft{Name: "First"})
	other := t.newItem(item.Draft{Name: "Second"}, at(time.Second))
	other.ID = first.ID
	t.wantError("Create with a taken id", t.Store.Create(t.Context(), other), domain.ErrConflict)
	t.wantItem(first)

	// Without a RequestID, a retry is a new creation.
	noRequest := t.newItem(item.Draft{}, domain.Stamp{Time: noon})
	t.create(noRequest)
	t.wantError("Create again without a RequestID", t.Store.Create(t.Context(), noRequest), domain.ErrConflict)

	t.delete(first.ID)
	t.create(other)
	t.wantItem(other)
}

func createRetry(t trial) {
	itm := t.newItem(item.Draft{}, at(0))
	t.create(itm, itm)
	t.wantItem(itm)
}

func replaces(t trial) {
	itm := t.createNew(fullDraft())
	for step := range 5 {
		before := t.get(itm.ID)
		itm = t.renamed(itm, strings.Repeat("n", step+1), at(time.Duration(step)*time.Second))
		if step == 3 {
			itm.Category, itm.Details, itm.Tags, itm.PricePerDay = "", "", nil, nil
		}
		if err := t.Store.Replace(t.Context(), itm, before.Revision); err != nil {
			t.Fatalf("Replace = %v", err)
		}
		t.wantItem(itm)
	}
}

func replaceConflicts(t trial) {
	itm := t.createNew(item.Draft{})
	old := t.get(itm.ID).Revision
	current := t.renamed(itm, "Current", at(time.Second))
	if err := t.Store.Replace(t.Context(), current, old); err != nil {
		t.Fatal(err)
	}
	late := t.renamed(itm, "Late", at(2*time.Second))
	t.wantError("Replace of an old revision", t.Store.Replace(t.Context(), late, old), domain.ErrConflict)
	t.wantItem(current)

	now := t.get(itm.ID).Revision
	if err := t.Store.Delete(t.Context(), itm.ID, now); err != nil {
		t.Fatal(err)
	}
	t.wantError("Replace of a deleted item", t.Store.Replace(t.Context(), late, now), domain.ErrConflict)
	t.wantAbsent(itm.ID)

	never := t.newItem(item.Draft{}, at(0))
	t.wantError("Replace of a missing item", t.Store.Replace(t.Context(), never, now), domain.ErrConflict)
	t.wantAbsent(never.ID)
}

// revisionsAreUnique creates a deleted item again in the same state: a write with the old revision must fail.
func revisionsAreUnique(t trial) {
	itm := t.createNew(item.Draft{})
	first := t.get(itm.ID).Revision
	if err := t.Store.Delete(t.Context(), itm.ID, first); err != nil {
		t.Fatal(err)
	}
	t.create(itm)
	late := t.renamed(itm, "Late", at(time.Second))
	t.wantError("Replace", t.Store.Replace(t.Context(), late, first), domain.ErrConflict)
	t.wantError("Delete", t.Store.Delete(t.Context(), itm.ID, first), domain.ErrConflict)
	t.wantItem(itm)
}

func deletes(t trial) {
	itm, other := t.newItem(item.Draft{}, at(0)), t.newItem(item.Draft{}, at(0))
	t.create(itm, other)
	revision := t.get(itm.ID).Revision
	if err := t.Store.Delete(t.Context(), itm.ID, revision); err != nil {
		t.Fatalf("Delete = %v", err)
	}
	t.wantAbsent(itm.ID)
	t.wantItem(other)
	t.wantError("Delete again", t.Store.Delete(t.Context(), itm.ID, revision), domain.ErrNotFound)
	t.wantError("Delete of a missing item", t.Store.Delete(t.Context(), newID(noon), revision), domain.ErrNotFound)
}

func deleteConflicts(t trial) {
	itm := t.createNew(item.Draft{})
	old := t.get(itm.ID).Revision
	current := t.renamed(itm, "Current", at(time.Second))
	if err := t.Store.Replace(t.Context(), current, old); err != nil {
		t.Fatal(err)
	}
	t.wantError("Delete of an old revision", t.Store.Delete(t.Context(), itm.ID, old), domain.ErrConflict)
	t.wantItem(current)
}

// storeWithCanceledContext accepts a store that ignores the context.
func storeWithCanceledContext(t trial) {
	itm := t.createNew(item.Draft{})
	revision := t.get(itm.ID).Revision
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := t.Store.Get(ctx, itm.ID)
	for _, err := range []error{
		err,
		t.Store.Replace(ctx, t.renamed(itm, "Renamed", at(0)), revision),
		t.Store.Create(ctx, t.newItem(item.Draft{}, at(0))),
	} {
		if err != nil && !errors.Is(err, domain.ErrUnavailable) {
			t.Errorf("with a context that has ended: %v, want none or %v", err, domain.ErrUnavailable)
		}
	}
}
