package itemtest

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

func racing() []test {
	return []test{
		{"races/no change is lost", racesChanges},
		{"races/one creation wins", racesCreations},
		{"races/one of a state's writers wins", racesForOneState},
	}
}

// racesChanges has each writer put its own mark into one name: a lost change shows as a lost mark.
func racesChanges(t trial) {
	it := t.newItem(item.Draft{Name: "-"}, at(0))
	t.create(it)
	together(func(writer int) {
		mark := fmt.Sprintf("%02d-", writer)
		for {
			stored, err := t.Store.Get(t.Context(), it.ID)
			if err == nil {
				next, _ := stored.Item.Change(item.Patch{Name: domain.Some(stored.Item.Name + mark)}, at(time.Duration(writer%5)))
				err = t.Store.Replace(t.Context(), next, stored.Revision)
			}
			if !errors.Is(err, domain.ErrConflict) {
				if err != nil {
					t.Errorf("writer %d: %v", writer, err)
				}
				return
			}
		}
	})
	got := t.get(it.ID).Item
	for writer := range writers {
		if mark := fmt.Sprintf("-%02d-", writer); strings.Count(got.Name, mark) != 1 {
			t.Errorf("the mark of writer %d is in %q %d times, want once", writer, got.Name, strings.Count(got.Name, mark))
		}
	}
}

func racesCreations(t trial) {
	id := newID(noon)
	var won atomic.Pointer[item.Item]
	var wins atomic.Int32
	together(func(writer int) {
		it := t.newItem(item.Draft{Name: fmt.Sprint("Writer ", writer)}, at(0))
		it.ID = id
		switch err := t.Store.Create(t.Context(), it); {
		case err == nil:
			wins.Add(1)
			won.Store(&it)
		case !errors.Is(err, domain.ErrConflict):
			t.Errorf("writer %d: %v", writer, err)
		}
	})
	if n := wins.Load(); n != 1 {
		t.Fatalf("%d writers made the item, want one", n)
	}
	t.wantItem(*won.Load())
}

// racesForOneState has half of the writers replace and half delete what they all have read.
func racesForOneState(t trial) {
	it := t.newItem(item.Draft{}, at(0))
	t.create(it)
	revision := t.get(it.ID).Revision
	var wins atomic.Int32
	together(func(writer int) {
		var err error
		if writer%2 == 0 {
			next, _ := it.Change(item.Patch{Name: domain.Some(fmt.Sprint("Writer ", writer))}, at(time.Second))
			err = t.Store.Replace(t.Context(), next, revision)
		} else {
			err = t.Store.Delete(t.Context(), it.ID, revision)
		}
		switch {
		case err == nil:
			wins.Add(1)
		case errors.Is(err, domain.ErrConflict):
		case writer%2 == 1 && errors.Is(err, domain.ErrNotFound):
		default:
			t.Errorf("writer %d: %v", writer, err)
		}
	})
	if n := wins.Load(); n != 1 {
		t.Errorf("%d writers won, want one", n)
	}
}
