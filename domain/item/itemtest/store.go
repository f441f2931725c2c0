package itemtest

import (
	"context"
	"strings"
	"time"

	"rental.example/domain"
	"rental.example/domain/domaintest"
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

// replacesAllFields clears the fields that an item need not have.
func replacesAllFields(t trial) {
	itm := t.renamed(t.createNew(fullDraft()), "Bare", at(time.Second))
	itm.Category, itm.Details, itm.Tags, itm.PricePerDay = "", "", nil, nil
	t.replace(itm)
	t.wantItem(itm)
}

func deletesMissing(t trial) {
	revision := t.get(t.createNew(item.Draft{}).ID).Revision
	t.WantError("Delete of a missing item", t.Store.Delete(t.Context(), newID(noon), revision), domain.ErrNotFound)
}

// described returns the store as domaintest.TestStore needs it.
func (t trial) described() domaintest.Store[item.Stored, item.ID] {
	return domaintest.Store[item.Stored, item.ID]{
		New: func(_ int, s domain.Stamp) item.Stored {
			d := fullDraft()
			d.Name = "" // short
			return item.Stored{Item: t.newItem(d, s)}
		},
		Change: func(r item.Stored, mark string, s domain.Stamp) item.Stored {
			r.Item = t.renamed(r.Item, r.Item.Name+mark, s)
			return r
		},
		Info: func(r item.Stored) domaintest.Info {
			return domaintest.Info{ID: string(r.Item.ID), Version: r.Item.Version, Text: r.Item.Name}
		},
		Equal:  func(a, b item.Stored) bool { return a.Item.Equal(b.Item) },
		Get:    func(ctx context.Context, id string) (item.Stored, error) { return t.Store.Get(ctx, item.ID(id)) },
		Create: func(ctx context.Context, r item.Stored) error { return t.Store.Create(ctx, r.Item) },
		Replace: func(ctx context.Context, base, next item.Stored) error {
			return t.Store.Replace(ctx, next.Item, base.Revision)
		},
		Remove: func(ctx context.Context, base item.Stored, _ domain.Stamp) error {
			return t.Store.Delete(ctx, base.Item.ID, base.Revision)
		},
	}
}
