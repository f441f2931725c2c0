package domain_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/domain"
)

func TestParseUserID(t *testing.T) {
	t.Parallel()
	const good = "0123abcd-4567-89ef-0000-00000000cafe"
	if got, err := domain.ParseUserID(good); err != nil || got != good {
		t.Errorf("ParseUserID(%q) = %q, %v", good, got, err)
	}
	for _, bad := range []string{
		"", "me", good[:35], good + "0", strings.ToUpper(good), strings.Replace(good, "-", "0", 1),
		strings.Replace(good, "0", "-", 1), strings.Replace(good, "0", "g", 1), strings.Replace(good, "00", "é", 1),
		"../../../../../../../../../../etc/pa", strings.Repeat("-", 36),
	} {
		if got, err := domain.ParseUserID(bad); !errors.Is(err, domain.ErrNotFound) || got != "" {
			t.Errorf("ParseUserID(%q) = %q, %v; want %v", bad, got, err, domain.ErrNotFound)
		}
	}
}

func TestNewCaller(t *testing.T) {
	t.Parallel()
	const sub = "e2c8a13b-4de5-429c-86b8-2ddd0de5c312"
	full := domain.Claims{TokenUse: "id", Sub: sub, Email: "a@example.com", EmailVerified: true, Groups: []string{"a,b", "admin"}}
	with := func(change func(*domain.Claims)) domain.Claims { c := full; change(&c); return c }
	for name, tt := range map[string]struct {
		claims     domain.Claims
		ok         bool
		identified bool
	}{
		"ID token":          {full, true, true},
		"access token":      {with(func(c *domain.Claims) { c.TokenUse = "access" }), true, false},
		"refresh token":     {with(func(c *domain.Claims) { c.TokenUse = "refresh" }), false, false},
		"no token_use":      {with(func(c *domain.Claims) { c.TokenUse = "" }), false, false},
		"other case":        {with(func(c *domain.Claims) { c.TokenUse = "ID" }), false, false},
		"no sub":            {with(func(c *domain.Claims) { c.Sub = "" }), false, false},
		"sub in upper case": {with(func(c *domain.Claims) { c.Sub = strings.ToUpper(sub) }), false, false},
		"sub is a name":     {with(func(c *domain.Claims) { c.Sub = "jane" }), false, false},
		"nothing":           {domain.Claims{}, false, false},
	} {
		got, err := domain.NewCaller(tt.claims)
		want := domain.Caller{}
		if tt.ok {
			want = domain.Caller{ID: domain.UserIDOf(sub), Sub: sub, Email: full.Email, EmailVerified: true, Groups: full.Groups,
				Identified: tt.identified}
		}
		if diff := cmp.Diff(want, got); diff != "" || errors.Is(err, domain.ErrUnauthenticated) == tt.ok {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		if err := got.RequireIdentified(); errors.Is(err, domain.ErrUnauthenticated) == tt.identified {
			t.Errorf("%s: RequireIdentified = %v", name, err)
		}
	}
}

func TestCallerIsAdmin(t *testing.T) {
	t.Parallel()
	for group, want := range map[string]bool{"admin": true, "Admin": false, "admin ": false, "administrators": false, "": false} {
		if got := (domain.Caller{Groups: []string{"other", group}}).IsAdmin(); got != want {
			t.Errorf("a member of %q is admin: %t, want %t", group, got, want)
		}
	}
}

func TestConditionCheck(t *testing.T) {
	t.Parallel()
	const version = domain.Version(7)
	missing, failed := domain.ErrNotFound, domain.ErrPreconditionFailed
	tests := map[string]struct {
		cond            domain.Condition
		present, absent error
		needs           string
	}{
		"none":           {domain.Condition{}, nil, nil, ""},
		"must exist":     {domain.MustExist(), nil, missing, "record"},
		"must not exist": {domain.MustNotExist(), failed, nil, "absence"},
		"same version":   {domain.MustBe(7), nil, missing, "record"},
		"one of many":    {domain.MustBe(1, 7, 9), nil, missing, "record"},
		"others":         {domain.MustBe(6, 8), failed, missing, "record"},
		"zero":           {domain.MustBe(0), failed, missing, "record"},
		"no version":     {domain.MustBe(), failed, missing, "record"},
	}
	for name, test := range tests {
		if err := test.cond.Check(version, true); !errors.Is(err, test.present) {
			t.Errorf("%s, version %d: %v, want %v", name, version, err, test.present)
		}
		if err := test.cond.Check(0, false); !errors.Is(err, test.absent) {
			t.Errorf("%s, no record: %v, want %v", name, err, test.absent)
		}
		if err := test.cond.Check(version, false); !errors.Is(err, test.absent) {
			t.Errorf("%s, deleted record: %v, want %v", name, err, test.absent)
		}
		if got := test.cond.NeedsRecord(); got != (test.needs == "record") {
			t.Errorf("%s: NeedsRecord() = %t", name, got)
		}
		if got := test.cond.NeedsAbsence(); got != (test.needs == "absence") {
			t.Errorf("%s: NeedsAbsence() = %t", name, got)
		}
	}
}

func TestConditionVersions(t *testing.T) {
	t.Parallel()
	if got, ok := domain.MustBe(3, 4).Versions(); !ok || len(got) != 2 || got[0] != 3 || got[1] != 4 {
		t.Errorf("MustBe(3, 4).Versions() = %v, %t", got, ok)
	}
	if got, ok := domain.MustBe().Versions(); !ok || len(got) != 0 {
		t.Errorf("MustBe().Versions() = %v, %t", got, ok)
	}
	if got, ok := domain.MustExist().Versions(); ok || len(got) != 0 {
		t.Errorf("MustExist().Versions() = %v, %t", got, ok)
	}
}

func TestVersionNext(t *testing.T) {
	t.Parallel()
	v := domain.Version(1_000_000)
	for micros, want := range map[int64]domain.Version{
		-5: 1_000_001, 0: 1_000_001, 999_999: 1_000_001, 1_000_000: 1_000_001, 1_000_001: 1_000_001, 1_000_002: 1_000_002,
	} {
		if got := v.Next(time.UnixMicro(micros)); got != want {
			t.Errorf("Version(%d).Next(%d) = %d, want %d", v, micros, got, want)
		}
	}
}

func TestVersionTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 5, 1, 12, 30, 0, 123_456_789, time.FixedZone("", 7200))
	want := time.Date(2030, 5, 1, 10, 30, 0, 123_456_000, time.UTC)
	for name, got := range map[string]time.Time{"VersionAt.Time": domain.VersionAt(at).Time(), "Micros": domain.Micros(at)} {
		if got != want {
			t.Errorf("%s(%v) = %v, want %v", name, at, got, want)
		}
	}
	if got := domain.Micros(time.Time{}); !got.IsZero() {
		t.Errorf("Micros of the zero time = %v", got)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, code string }{
		"plain":               {"Jane Doe", ""},
		"longest":             {strings.Repeat("é", 10), ""},
		"too long":            {strings.Repeat("é", 11), domain.CodeTooLong},
		"emoji":               {"🚲", ""},
		"right-to-left":       {"שלום", ""},
		"joiner":              {"👩\u200d🔧", ""},
		"not UTF-8":           {"a\xff", domain.CodeInvalid},
		"NUL":                 {"a\x00", domain.CodeInvalid},
		"new line":            {"a\nb", domain.CodeInvalid},
		"tab":                 {"a\tb", domain.CodeInvalid},
		"delete":              {"a\x7f", domain.CodeInvalid},
		"C1 control":          {"a\u0085", domain.CodeInvalid},
		"left-to-right embed": {"a\u202a", domain.CodeInvalid},
		"override":            {"a\u202eb", domain.CodeInvalid},
		"isolate":             {"a\u2066b", domain.CodeInvalid},
		"pop isolate":         {"a\u2069b", domain.CodeInvalid},
	}
	for name, test := range tests {
		var problems domain.Problems
		problems.CheckText("field", test.text, 10)
		if got := codes(problems); got != test.code {
			t.Errorf("%s: codes %q, want %q", name, got, test.code)
		}
	}
}

func TestRequiredText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": domain.CodeRequired, "  ": domain.CodeRequired, "\u00a0\u3000": domain.CodeRequired,
		"x": "", " x ": "", "\x00": domain.CodeInvalid, "👩\u200d🔧": "", "\u00e9": "",
		"\u200b": domain.CodeRequired, "\u3164": domain.CodeRequired, "\u2800 ": domain.CodeRequired, "\ufeff\u00ad": domain.CodeRequired,
		"\U0001fae9": "", "\ue000": "", "\ufe0f": domain.CodeRequired, "\u2764\ufe0f": "", "\t": domain.CodeInvalid,
		"a\u2028b": domain.CodeInvalid, "a\u2029b": domain.CodeInvalid, "a\ufffe": domain.CodeInvalid,
	} {
		var problems domain.Problems
		problems.CheckRequiredText("field", text, 10)
		if got := codes(problems); got != want {
			t.Errorf("%q: codes %q, want %q", text, got, want)
		}
	}
}

func codes(problems domain.Problems) string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Code)
	}
	return strings.Join(all, ",")
}

func TestProblems(t *testing.T) {
	t.Parallel()
	var problems domain.Problems
	if err := problems.Err(); err != nil {
		t.Errorf("no problems: %v", err)
	}
	problems.Add("name", domain.CodeRequired, "must not be empty")
	problems.Add("ratings", domain.CodeOutOfRange, "must be a number from 0 to 100")
	var invalid *domain.ValidationError
	if err := problems.Err(); !errors.As(err, &invalid) || len(invalid.Problems) != 2 {
		t.Fatalf("Err() = %v", err)
	}
	const want = "validation failed: name must not be empty; ratings must be a number from 0 to 100"
	if got := invalid.Error(); got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

// FuzzVersionNext looks for versions that do not rise.
func FuzzVersionNext(f *testing.F) {
	f.Add(int64(0), int64(0))
	f.Add(int64(math.MaxInt64-1), int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, v, micros int64) {
		if v == math.MaxInt64 {
			t.Skip("the year 294246 has no next version")
		}
		if next := domain.Version(v).Next(time.UnixMicro(micros)); next <= domain.Version(v) {
			t.Errorf("Version(%d).Next(%d) = %d", v, micros, next)
		}
	})
}

// TestUserIDOf: profiles are stored under the id, so it must never change.
func TestUserIDOf(t *testing.T) {
	t.Parallel()
	const sub = "11111111-1111-4111-8111-111111111111"
	id := domain.UserIDOf(sub)
	if want := domain.UserID("b21eac14-2940-0527-d3df-4b57f0bdcf16"); id != want {
		t.Errorf("UserIDOf(%s) = %s, want %s", sub, id, want)
	}
	if parsed, err := domain.ParseUserID(string(id)); err != nil || parsed != id {
		t.Errorf("ParseUserID(%s) = %s, %v", id, parsed, err)
	}
	if other := domain.UserIDOf("11111111-1111-4111-8111-111111111112"); other == id {
		t.Errorf("two subs have the id %s", id)
	}
}

func TestOptional(t *testing.T) {
	t.Parallel()
	one := 1
	for name, test := range map[string]struct {
		got       domain.Optional[int]
		set, null bool
		pointer   *int
	}{
		"absent":    {domain.Optional[int]{}, false, false, nil},
		"null":      {domain.SomeOrNull[int](nil), true, true, nil},
		"value":     {domain.Some(1), true, false, &one},
		"a pointer": {domain.SomeOrNull(&one), true, false, &one},
	} {
		p := test.got.Pointer()
		if test.got.Set != test.set || test.got.Null != test.null || (p == nil) != (test.pointer == nil) || p != nil && *p != 1 {
			t.Errorf("%s: %+v, pointer %v", name, test.got, p)
		}
	}
}
