package item_test

import (
	"context"
	"errors"
	"testing"

	"rental.example/domain"
	"rental.example/domain/item"
)

// fakeItems is a store with a search that finds nothing.
type fakeItems struct {
	item.Store
	all map[item.ID]item.Item
}

func (f *fakeItems) Create(_ context.Context, i item.Item) error {
	if _, taken := f.all[i.ID]; taken {
		return domain.ErrConflict
	}
	f.all[i.ID] = i
	return nil
}

func (f *fakeItems) Get(_ context.Context, id item.ID) (item.Stored, error) {
	return item.Stored{Item: f.all[id]}, nil
}

func (f *fakeItems) Search(context.Context, item.Query) (item.Results, error) {
	return item.Results{}, nil
}

type anyOwners = item.Owners // a field of the name of a method would hide it

type unknownOwners struct{ anyOwners }

func (unknownOwners) Owners(context.Context, []domain.UserID) (map[domain.UserID]item.Owner, error) {
	return nil, nil
}

// TestAddIDs: with a key, a retry finds its item and another draft or caller does not; without one, each item is new.
func TestAddIDs(t *testing.T) {
	t.Parallel()
	store := &fakeItems{all: make(map[item.ID]item.Item)}
	calls := byte(0)
	catalog := item.NewCatalog(store, store, unknownOwners{}, func() [10]byte { calls++; return [10]byte{calls} })
	changed := draft()
	changed.Name = "Saw"
	for _, step := range []struct {
		name    string
		caller  domain.UserID
		key     domain.Key
		draft   item.Draft
		id      item.ID
		created bool
		err     error
	}{
		{"without a key", jane, "", draft(), item.NewID(noon, [10]byte{1}), true, nil},
		{"again without a key", jane, "", draft(), item.NewID(noon, [10]byte{2}), true, nil},
		{"with a key", jane, "a", draft(), item.KeyedID(jane, "a"), true, nil},
		{"a retry", jane, "a", draft(), item.KeyedID(jane, "a"), false, nil},
		{"another draft", jane, "a", changed, "", false, domain.ErrKeyReused},
		{"another key", jane, "b", changed, item.KeyedID(jane, "b"), true, nil},
		{"another caller", "joan", "a", changed, item.KeyedID("joan", "a"), true, nil},
	} {
		added, created, err := catalog.Add(t.Context(), domain.Caller{ID: step.caller}, step.key, step.draft, at(0))
		if added.Item.ID != step.id || created != step.created || !errors.Is(err, step.err) {
			t.Errorf("%s: %q, created %t, %v; want %q, %t, %v", step.name, added.Item.ID, created, err, step.id, step.created, step.err)
		}
	}
	if calls != 2 {
		t.Errorf("%d ids are random, want 2", calls)
	}
}
