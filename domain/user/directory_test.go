package user_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func (s *scripted) Delete(_ context.Context, id domain.UserID, cond domain.Condition, stamp domain.Stamp) (user.Tombstone, error) {
	s.calls = append(s.calls, "delete")
	s.cond = cond
	return user.NewTombstone(id, s.current.Version, stamp), s.getErr
}

func (s *scripted) List(_ context.Context, q user.ListQuery) (user.Page, error) {
	s.calls = append(s.calls, "list")
	return user.Page{Profiles: make([]user.Public, q.Limit)}, nil
}

// identified returns jane with an ID token.
func identified() domain.Caller {
	caller := jane()
	caller.Identified = true
	return caller
}

// TestDirectoryErrors has several causes at once, then fewer, and the calls of the store until the first error.
func TestDirectoryErrors(t *testing.T) {
	t.Parallel()
	stale, invalid := domain.MustBe(1), user.Draft{}
	patch, badPatch := user.Patch{Name: domain.Some("Joan")}, user.Patch{Name: domain.Some("")}
	for name, tt := range map[string]struct {
		getErr error
		call   func(context.Context, *user.Directory) error
		want   error
		calls  []string
	}{
		"save with an access token":   {domain.ErrNotFound, save(jane(), domain.MustExist(), invalid), domain.ErrUnauthenticated, nil},
		"save a missing profile":      {domain.ErrNotFound, save(identified(), domain.MustExist(), invalid), domain.ErrNotFound, []string{"get"}},
		"save an invalid draft":       {nil, save(identified(), stale, invalid), domain.ErrInvalid, []string{"get"}},
		"create an invalid draft":     {domain.ErrNotFound, save(identified(), domain.MustNotExist(), invalid), domain.ErrInvalid, nil},
		"save":                        {nil, save(identified(), domain.MustExist(), draft()), nil, []string{"get", "save"}},
		"create":                      {domain.ErrNotFound, save(identified(), domain.Condition{}, draft()), nil, []string{"save"}},
		"change with an access token": {domain.ErrNotFound, change(jane(), stale, badPatch), domain.ErrUnauthenticated, nil},
		"change by an invalid patch":  {nil, change(identified(), stale, badPatch), domain.ErrInvalid, []string{"get"}},
		"change a stale profile":      {nil, change(identified(), stale, patch), domain.ErrPreconditionFailed, []string{"get"}},
		"remove with an access token": {domain.ErrNotFound, remove(jane(), stale), domain.ErrUnauthenticated, nil},
		"remove a missing profile":    {domain.ErrNotFound, remove(identified(), stale), domain.ErrNotFound, []string{"delete"}},
		"find what is no id":          {nil, find("../_all"), domain.ErrNotFound, nil},
		"find nobody":                 {domain.ErrNotFound, find(string(jane().ID)), domain.ErrNotFound, []string{"get"}},
		"list without rights": {nil, func(ctx context.Context, d *user.Directory) error {
			_, err := d.List(ctx, identified(), user.ListQuery{Limit: 3})
			return err
		}, domain.ErrForbidden, nil},
	} {
		store := &scripted{current: newProfile(t), getErr: tt.getErr}
		if err := tt.call(t.Context(), user.NewDirectory(store)); !errors.Is(err, tt.want) || !slices.Equal(store.calls, tt.calls) {
			t.Errorf("%s: %v after calls %q, want %v after %q", name, err, store.calls, tt.want, tt.calls)
		}
	}
}

func save(caller domain.Caller, cond domain.Condition, d user.Draft) func(context.Context, *user.Directory) error {
	return func(ctx context.Context, directory *user.Directory) error {
		_, _, err := directory.Save(ctx, caller, cond, d, stamp(0, "request-2"))
		return err
	}
}

func change(caller domain.Caller, cond domain.Condition, patch user.Patch) func(context.Context, *user.Directory) error {
	return func(ctx context.Context, d *user.Directory) error {
		_, err := d.Change(ctx, caller, cond, patch, stamp(0, "request-2"))
		return err
	}
}

func remove(caller domain.Caller, cond domain.Condition) func(context.Context, *user.Directory) error {
	return func(ctx context.Context, d *user.Directory) error {
		_, err := d.Remove(ctx, caller, cond, stamp(0, "request-2"))
		return err
	}
}

func find(id string) func(context.Context, *user.Directory) error {
	return func(ctx context.Context, d *user.Directory) error {
		_, err := d.Find(ctx, id)
		return err
	}
}

// TestDirectory checks what the methods pass to the store and return.
func TestDirectory(t *testing.T) {
	t.Parallel()
	store := &scripted{current: newProfile(t)}
	d := user.NewDirectory(store)
	if got, err := d.Own(t.Context(), jane()); err != nil || got != store.current {
		t.Errorf("Own = %+v, %v", got, err)
	}
	if got, err := d.Find(t.Context(), string(jane().ID)); err != nil || got != store.current.Public() {
		t.Errorf("Find = %+v, %v", got, err)
	}
	saved, _, err := d.Save(t.Context(), identified(), domain.MustBe(7), draft(), stamp(time.Hour, "request-2"))
	if err != nil || saved != store.saved || !saved.EmailVerified || saved.RequestID != "request-2" || store.cond.Check(7, true) != nil {
		t.Errorf("Save = %+v, %v", saved, err)
	}
	patch := user.Patch{Email: domain.Some("joan@example.com")}
	changed, err := d.Change(t.Context(), identified(), domain.MustExist(), patch, stamp(time.Hour, "request-3"))
	if err != nil || changed != store.saved || changed.EmailVerified || changed.Name != "Jane" || changed.RequestID != "request-3" {
		t.Errorf("Change = %+v, %v", changed, err)
	}
	removed, err := d.Remove(t.Context(), identified(), domain.MustBe(9), stamp(time.Hour, "request-4"))
	if err != nil || removed.ID != jane().ID || removed.RequestID != "request-4" || store.cond.Check(9, true) != nil {
		t.Errorf("Remove = %+v, %v", removed, err)
	}
	admin := domain.Caller{Groups: []string{domain.GroupAdmin}}
	if got, err := d.List(t.Context(), admin, user.ListQuery{Limit: 3}); err != nil || len(got.Profiles) != 3 {
		t.Errorf("List = %+v, %v", got, err)
	}
}

func TestNewListQuery(t *testing.T) {
	t.Parallel()
	ptr := func(n int) *int { return &n }
	text := func(s string) *string { return &s }
	for name, tt := range map[string]struct {
		params user.ListParams
		want   user.ListQuery
		fields []string // of the problems
	}{
		"nothing":       {user.ListParams{}, user.ListQuery{Limit: 10}, nil},
		"both":          {user.ListParams{Type: text("rentee"), Limit: ptr(50)}, user.ListQuery{Type: user.Rentee, Limit: 50}, nil},
		"least":         {user.ListParams{Limit: ptr(1)}, user.ListQuery{Limit: 1}, nil},
		"none":          {user.ListParams{Limit: ptr(0)}, user.ListQuery{}, []string{"limit"}},
		"too many":      {user.ListParams{Limit: ptr(51)}, user.ListQuery{}, []string{"limit"}},
		"negative":      {user.ListParams{Limit: ptr(-1)}, user.ListQuery{}, []string{"limit"}},
		"empty type":    {user.ListParams{Type: text("")}, user.ListQuery{}, []string{"userType"}},
		"unknown type":  {user.ListParams{Type: text("admin")}, user.ListQuery{}, []string{"userType"}},
		"both problems": {user.ListParams{Type: text("Renter"), Limit: ptr(100_000)}, user.ListQuery{}, []string{"limit", "userType"}},
	} {
		got, err := user.NewListQuery(tt.params)
		var fields []string
		for _, p := range domain.Explain(err).Fields {
			fields = append(fields, p.Field)
		}
		if !slices.Equal(fields, tt.fields) || err == nil && got != tt.want || (err == nil) != (tt.fields == nil) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
