package memory

import (
	"cmp"
	"context"
	"slices"

	"rental.example/domain"
	"rental.example/domain/user"
)

// place is where a profile stands in a list.
type place struct {
	created domain.Version
	id      domain.UserID
}

func placeOf(p user.Profile) place {
	return place{created: domain.VersionAt(p.CreatedAt), id: p.ID}
}

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.created, b.created), cmp.Compare(a.id, b.id))
}

// index is places in order. A sorted slice will do: new profiles nearly always belong at its end, and
// moving the tail of 100,000 places takes less than a call to a database.
type index []place

func (x index) with(p place) index {
	i, found := slices.BinarySearchFunc(x, p, comparePlaces)
	if found {
		return x
	}
	return slices.Insert(x, i, p)
}

func (x index) without(p place) index {
	i, found := slices.BinarySearchFunc(x, p, comparePlaces)
	if !found {
		return x
	}
	return slices.Delete(x, i, i+1)
}

// after is what comes behind pos; all of x for nil.
func (x index) after(pos *user.Position) index {
	if pos == nil {
		return x
	}
	p := place{created: domain.VersionAt(pos.CreatedAt), id: pos.ID}
	i, found := slices.BinarySearchFunc(x, p, comparePlaces)
	if found {
		i++
	}
	return x[i:]
}

// List implements user.Store. Profiles of the same microsecond come in the order of their ids.
func (u *Users) List(ctx context.Context, q user.Listing) (user.Page, error) {
	if err := over(ctx); err != nil {
		return user.Page{}, err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	rest := u.lists[q.Type].after(q.After)
	found := rest[:min(q.Limit, len(rest))]
	page := user.Page{Profiles: make([]user.Public, 0, len(found))}
	for _, at := range found {
		page.Profiles = append(page.Profiles, u.states[at.id].Profile.Public())
	}
	if len(found) < len(rest) {
		last := page.Profiles[len(found)-1]
		page.Next = &user.Position{CreatedAt: last.CreatedAt, Type: last.Type, ID: last.ID}
	}
	return page, nil
}
