package user_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

var noon = time.Date(2030, 5, 1, 12, 0, 0, 0, time.UTC)

func jane() domain.Caller {
	return domain.Caller{ID: "3b2c1a60-0000-4000-8000-00000000cafe", Email: "jane@example.com", EmailVerified: true}
}

func draft() user.Draft {
	return user.Draft{Name: "Jane", Email: "jane@example.com", Type: "renter", Ratings: 4.5}
}

func stamp(d time.Duration, request string) domain.Stamp {
	return domain.Stamp{Time: noon.Add(d), RequestID: request}
}

func newProfile(t *testing.T) user.Profile {
	t.Helper()
	p, err := user.New(jane(), draft(), stamp(0, "request-1"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNew(t *testing.T) {
	t.Parallel()
	at := noon.Add(123_456_789).In(time.FixedZone("", 3600))
	got, err := user.New(jane(), draft(), domain.Stamp{Time: at, RequestID: "request-1"})
	micros := noon.Add(123_456_000)
	want := user.Profile{
		ID: jane().ID, Name: "Jane", Email: "jane@example.com", EmailVerified: true, Type: user.Renter, Ratings: 4.5,
		Version: domain.Version(micros.UnixMicro()), CreatedAt: micros, UpdatedAt: micros, RequestID: "request-1",
	}
	if err != nil || got != want {
		t.Errorf("New\n got %+v, %v\nwant %+v", got, err, want)
	}
}

// problemsOf returns the problems of a *domain.ValidationError as "field code", in order.
func problemsOf(t *testing.T, err error) string {
	t.Helper()
	var invalid *domain.ValidationError
	if err != nil && !errors.As(err, &invalid) {
		t.Fatalf("got error %v, want a *domain.ValidationError", err)
	}
	if invalid == nil {
		return ""
	}
	all := make([]string, len(invalid.Problems))
	for i, p := range invalid.Problems {
		all[i] = p.Field + " " + p.Code
	}
	return strings.Join(all, ", ")
}

func TestNewReturnsAllProblems(t *testing.T) {
	t.Parallel()
	bad := user.Draft{Name: "\u202e", Email: "jane", Type: "landlord", Ratings: math.NaN()}
	p, err := user.New(jane(), bad, stamp(0, ""))
	want := "name invalid, email invalid, ratings out_of_range, userType invalid"
	if got := problemsOf(t, err); got != want || p != (user.Profile{}) {
		t.Errorf("New = %+v, %q; want no profile, %q", p, got, want)
	}
	_, err = user.New(jane(), user.Draft{Ratings: -1}, stamp(0, ""))
	want = "name required, email required, ratings out_of_range, userType required"
	if got := problemsOf(t, err); got != want {
		t.Errorf("New of nothing = %q; want %q", got, want)
	}
}

func TestNewAtTheLimits(t *testing.T) {
	t.Parallel()
	host := "@" + strings.Repeat("b", 63) + "." + strings.Repeat("c", 63) + "."
	longest := strings.Repeat("a", 61) + host + strings.Repeat("d", 63-1) // 61+1+63+1+63+1+62 = 252
	tests := map[string]struct {
		change func(*user.Draft)
		want   string
	}{
		"longest name":     {func(d *user.Draft) { d.Name = strings.Repeat("é", 100) }, ""},
		"longer name":      {func(d *user.Draft) { d.Name = strings.Repeat("é", 101) }, "name too_long"},
		"blank name":       {func(d *user.Draft) { d.Name = " \u3000" }, "name required"},
		"tab for a name":   {func(d *user.Draft) { d.Name = " \t" }, "name invalid"},
		"longest e-mail":   {func(d *user.Draft) { d.Email = "aa" + longest }, ""},
		"longer e-mail":    {func(d *user.Draft) { d.Email = "aaa" + longest }, "email too_long"},
		"rentee":           {func(d *user.Draft) { d.Type = "rentee" }, ""},
		"type in capitals": {func(d *user.Draft) { d.Type = "Renter" }, "userType invalid"},
		"no ratings":       {func(d *user.Draft) { d.Ratings = 0 }, ""},
		"best ratings":     {func(d *user.Draft) { d.Ratings = 100 }, ""},
		"better ratings":   {func(d *user.Draft) { d.Ratings = math.Nextafter(100, 101) }, "ratings out_of_range"},
		"negative ratings": {func(d *user.Draft) { d.Ratings = -math.SmallestNonzeroFloat64 }, "ratings out_of_range"},
		"infinite ratings": {func(d *user.Draft) { d.Ratings = math.Inf(1) }, "ratings out_of_range"},
		"NaN ratings":      {func(d *user.Draft) { d.Ratings = math.NaN() }, "ratings out_of_range"},
	}
	for name, test := range tests {
		d := draft()
		test.change(&d)
		_, err := user.New(jane(), d, stamp(0, ""))
		if got := problemsOf(t, err); got != test.want {
			t.Errorf("%s: problems %q, want %q", name, got, test.want)
		}
	}
}

// TestRatingsCloseToZero: minus zero and numbers that DynamoDB refuses become zero.
func TestRatingsCloseToZero(t *testing.T) {
	t.Parallel()
	for _, r := range []float64{math.Copysign(0, -1), math.SmallestNonzeroFloat64, 1e-130} {
		d := draft()
		d.Ratings = r
		p, err := user.New(jane(), d, stamp(0, ""))
		if err != nil || p.Ratings != 0 || math.Signbit(p.Ratings) {
			t.Errorf("ratings %g became %g, %v; want 0", r, p.Ratings, err)
		}
	}
}

func TestChange(t *testing.T) {
	t.Parallel()
	p := newProfile(t)
	name, email, typ, ratings := "Joan", "joan@example.com", "rentee", 5.0
	tests := map[string]struct {
		patch user.Patch
		want  func(*user.Profile)
	}{
		"name":    {user.Patch{Name: domain.Some(name)}, func(p *user.Profile) { p.Name = name }},
		"e-mail":  {user.Patch{Email: domain.Some(email)}, func(p *user.Profile) { p.Email, p.EmailVerified = email, false }},
		"type":    {user.Patch{Type: domain.Some(typ)}, func(p *user.Profile) { p.Type = user.Rentee }},
		"ratings": {user.Patch{Ratings: domain.Some(ratings)}, func(p *user.Profile) { p.Ratings = 5 }},
	}
	for field, test := range tests {
		for _, d := range []time.Duration{time.Hour, -time.Hour} {
			want := p
			test.want(&want)
			want.Version, want.RequestID = p.Version.Next(noon.Add(d)), "request-2"
			want.UpdatedAt = want.Version.Time()
			got, err := p.Change(jane(), test.patch, stamp(d, "request-2"))
			if err != nil || got != want {
				t.Errorf("change of %s at %v\n got %+v, %v\nwant %+v", field, d, got, err, want)
			}
		}
	}
}

func TestChangeNothing(t *testing.T) {
	t.Parallel()
	p := newProfile(t)
	same := p.Name
	for _, patch := range []user.Patch{{}, {Name: domain.Some(same)}} {
		if got, err := p.Change(jane(), patch, stamp(time.Hour, "request-2")); err != nil || got != p {
			t.Errorf("Change = %+v, %v; want no change", got, err)
		}
	}
	unverified, err := p.Change(domain.Caller{ID: p.ID, Email: p.Email}, user.Patch{}, stamp(time.Hour, "request-2"))
	if err != nil || unverified.EmailVerified || unverified.Version == p.Version {
		t.Errorf("Change by a caller without a verified e-mail = %+v, %v; want an unverified address", unverified, err)
	}
}

// TestChangeChecksOnlyPatchedFields: fields that are invalid today do not block changes of other fields.
func TestChangeChecksOnlyPatchedFields(t *testing.T) {
	t.Parallel()
	p := newProfile(t)
	p.Name, p.Type, p.Ratings = strings.Repeat("x", 500), "landlord", 5000
	email, empty, bad := "joan@example.com", "", "nobody"
	if got, err := p.Change(jane(), user.Patch{Email: domain.Some(email)}, stamp(0, "")); err != nil || got.Email != email {
		t.Errorf("Change of the e-mail = %+v, %v", got, err)
	}
	_, err := p.Change(jane(), user.Patch{Name: domain.Some(empty), Email: domain.Some(bad)}, stamp(0, ""))
	if got, want := problemsOf(t, err), "name required, email invalid"; got != want {
		t.Errorf("Change = %q; want %q", got, want)
	}
}

func TestProfileEqual(t *testing.T) {
	t.Parallel()
	p := newProfile(t)
	local := p
	local.CreatedAt, local.UpdatedAt = p.CreatedAt.Local(), p.UpdatedAt.In(time.FixedZone("", 3600))
	changed, moved := p, p
	changed.Name, moved.UpdatedAt = "Joan", p.UpdatedAt.Add(1)
	if !p.Equal(local) || p.Equal(changed) || p.Equal(moved) {
		t.Errorf("Equal: %t in another zone, %t with another name, %t at another time", p.Equal(local), p.Equal(changed), p.Equal(moved))
	}
}

func TestPublicHasNothingPrivate(t *testing.T) {
	t.Parallel()
	p := newProfile(t)
	want := user.Public{ID: p.ID, Name: p.Name, Type: p.Type, Ratings: p.Ratings, CreatedAt: p.CreatedAt}
	if got := p.Public(); got != want {
		t.Errorf("Public() = %+v, want %+v", got, want)
	}
}

// FuzzNew looks for panics, and for profiles that are not valid drafts.
func FuzzNew(f *testing.F) {
	f.Add("Jane", "jane@example.com", "renter", 4.5, int64(0))
	f.Add("\u202e", "žofie@příklad.cz", "rentee", 1e-101, int64(-1))
	f.Add("", "a@b.c", "", math.NaN(), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, name, email, typ string, ratings float64, micros int64) {
		s := domain.Stamp{Time: time.UnixMicro(micros), RequestID: "request-1"}
		p, err := user.New(jane(), user.Draft{Name: name, Email: email, Type: typ, Ratings: ratings}, s)
		if err != nil {
			if problemsOf(t, err) == "" || p != (user.Profile{}) {
				t.Errorf("New = %+v, %v", p, err)
			}
			return
		}
		again, err := user.New(jane(), user.Draft{Name: p.Name, Email: p.Email, Type: string(p.Type), Ratings: p.Ratings}, s)
		if err != nil || again != p {
			t.Errorf("New of its own result\n got %+v, %v\nwant %+v", again, err, p)
		}
		if !p.Type.Valid() || p.Ratings < 0 || p.Ratings > user.MaxRatings || p.Version != domain.Version(0).Next(s.Time) {
			t.Errorf("New = %+v", p)
		}
	})
}
