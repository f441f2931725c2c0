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

// raceChanges appends a mark of each writer to one name: a lost change is a missing mark.
func raceChanges(t trial) {
	itm := t.createNew(item.Draft{Name: "-"})
	concurrently(func(writer int) {
		mark := fmt.Sprintf("%02d-", writer)
		for {
			stored, err := t.Store.Get(t.Context(), itm.ID)
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
	got := t.get(itm.ID).Item
	for writer := range writers {
		if mark := fmt.Sprintf("-%02d-", writer); strings.Count(got.Name, mark) != 1 {
			t.Errorf("the mark of writer %d is in %q %d times, want once", writer, got.Name, strings.Count(got.Name, mark))
		}
	}
}

func raceCreations(t trial) {
	id := newID(noon)
	var won atomic.Pointer[item.Item]
	var wins atomic.Int32
	concurrently(func(writer int) {
		itm := t.newItem(item.Draft{Name: fmt.Sprint("Writer ", writer)}, at(0))
		itm.ID = id
		switch err := t.Store.Create(t.Context(), itm); {
		case err == nil:
			wins.Add(1)
			won.Store(&itm)
		case !errors.Is(err, domain.ErrConflict):
			t.Errorf("writer %d: %v", writer, err)
		}
	})
	if n := wins.Load(); n != 1 {
		t.Fatalf("%d writers created the item, want one", n)
	}
	t.wantItem(*won.Load())
}

// raceForOneRevision has half of the writers replace and half delete the same revision.
func raceForOneRevision(t trial) {
	itm := t.createNew(item.Draft{})
	revision := t.get(itm.ID).Revision
	var wins atomic.Int32
	concurrently(func(writer int) {
		var err error
		if writer%2 == 0 {
			next, _ := itm.Change(item.Patch{Name: domain.Some(fmt.Sprint("Writer ", writer))}, at(time.Second))
			err = t.Store.Replace(t.Context(), next, revision)
		} else {
			err = t.Store.Delete(t.Context(), itm.ID, revision)
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
