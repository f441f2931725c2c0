package user

import (
	"context"

	"rental.example/domain"
)

// Directory is the profiles as users see and change them. It is safe for concurrent use. Besides the errors named below,
// each method may return those of the Store.
type Directory struct{ store Store }

// NewDirectory returns a Directory that uses this port.
func NewDirectory(store Store) *Directory { return &Directory{store: store} }

// Own returns the caller's profile, or domain.ErrNotFound.
func (d *Directory) Own(ctx context.Context, caller domain.Caller) (Profile, error) {
	return d.store.Get(ctx, caller.ID)
}

// Save creates or replaces the caller's profile by draft. Its errors, in this order: domain.ErrUnauthenticated without an ID
// token, since only that has the e-mail which decides EmailVerified; domain.ErrNotFound if cond needs a profile and there is
// none; a *domain.ValidationError of draft; those of Store.Save.
func (d *Directory) Save(ctx context.Context, caller domain.Caller, cond domain.Condition, draft Draft, s domain.Stamp) (
	saved Profile, created bool, err error) {
	if err := caller.RequireIdentified(); err != nil {
		return Profile{}, false, err
	}
	if cond.NeedsRecord() {
		if _, err := d.store.Get(ctx, caller.ID); err != nil {
			return Profile{}, false, err
		}
	}
	p, err := New(caller, draft, s)
	if err != nil {
		return Profile{}, false, err
	}
	return d.store.Save(ctx, p, cond)
}

// Change applies patch to the caller's profile, as Update does. It returns domain.ErrUnauthenticated without an ID token, as
// Save does.
func (d *Directory) Change(ctx context.Context, caller domain.Caller, cond domain.Condition, patch Patch, s domain.Stamp) (
	Profile, error) {
	if err := caller.RequireIdentified(); err != nil {
		return Profile{}, err
	}
	return Update(ctx, d.store, caller.ID, cond, func(p Profile) (Profile, error) { return p.Change(caller, patch, s) })
}

// Remove deletes the caller's profile, as Store.Delete does. It returns domain.ErrUnauthenticated without an ID token, as all
// writes of profiles do.
func (d *Directory) Remove(ctx context.Context, caller domain.Caller, cond domain.Condition, s domain.Stamp) (Tombstone, error) {
	if err := caller.RequireIdentified(); err != nil {
		return Tombstone{}, err
	}
	return d.store.Delete(ctx, caller.ID, cond, s)
}

// Find returns the public part of the profile with that id, for any caller. It returns domain.ErrNotFound if there is none,
// or if id is not in the form of a user's id.
func (d *Directory) Find(ctx context.Context, id string) (Public, error) {
	parsed, err := domain.ParseUserID(id)
	if err != nil {
		return Public{}, err
	}
	p, err := d.store.Get(ctx, parsed)
	return p.Public(), err
}

// List returns a page of all profiles to an admin, and domain.ErrForbidden to other callers.
func (d *Directory) List(ctx context.Context, caller domain.Caller, q ListQuery) (Page, error) {
	if !caller.IsAdmin() {
		return Page{}, domain.ErrForbidden
	}
	return d.store.List(ctx, q)
}

// ListParams is an unchecked ListQuery. Nil means absent.
type ListParams struct {
	Type  *string
	Limit *int
}

// NewListQuery returns the query of p for the first page, or a *domain.ValidationError with all problems.
func NewListQuery(p ListParams) (ListQuery, error) {
	var problems domain.Problems
	q := ListQuery{Limit: problems.CheckLimit(p.Limit)}
	if p.Type != nil {
		q.Type = Type(*p.Type)
		checkType(&problems, q.Type)
	}
	return q, problems.Err()
}
