package apigateway_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
	"rental.example/domain"
)

func withHeaders(pairs ...string) events.APIGatewayProxyRequest {
	req := events.APIGatewayProxyRequest{MultiValueHeaders: map[string][]string{}}
	for i := 0; i < len(pairs); i += 2 {
		req.MultiValueHeaders[pairs[i]] = append(req.MultiValueHeaders[pairs[i]], pairs[i+1])
	}
	return req
}

func TestConditions(t *testing.T) {
	t.Parallel()
	const malformed = "malformed"
	for _, tt := range []struct {
		name    string
		headers []string
		// the results of Check for a record at version 7, and for none
		at7, absent any
	}{
		{"none", nil, nil, nil},
		{"match", []string{"If-Match", `"7"`}, nil, domain.ErrNotFound},
		{"match in lower case", []string{"if-match", `"7"`}, nil, domain.ErrNotFound},
		{"more than the version", []string{"If-Match", `"7.12"`}, domain.ErrPreconditionFailed, domain.ErrNotFound},
		{"two spellings", []string{"If-Match", `"1"`, "if-match", `"7"`}, nil, domain.ErrNotFound},
		{"other version", []string{"If-Match", `"8"`}, domain.ErrPreconditionFailed, domain.ErrNotFound},
		{"list", []string{"If-Match", `"1" ,, "a,b", W/"x","7"`}, nil, domain.ErrNotFound},
		{"two lines", []string{"If-Match", `"1"`, "If-Match", `"7"`}, nil, domain.ErrNotFound},
		{"weak never matches", []string{"If-Match", `W/"7"`}, domain.ErrPreconditionFailed, domain.ErrNotFound},
		{"star", []string{"If-Match", ` * `}, nil, domain.ErrNotFound},
		{"star in quotes is a tag", []string{"If-Match", `"*"`}, domain.ErrPreconditionFailed, domain.ErrNotFound},
		{"another spelling of 7", []string{"If-Match", `"07"`}, domain.ErrPreconditionFailed, domain.ErrNotFound},
		{"signed", []string{"If-Match", `"+7"`}, domain.ErrPreconditionFailed, domain.ErrNotFound},
		{"beyond 64 bits", []string{"If-Match", `"99999999999999999999"`}, domain.ErrPreconditionFailed, domain.ErrNotFound},
		{"empty tag", []string{"If-Match", `""`}, domain.ErrPreconditionFailed, domain.ErrNotFound},
		{"create only", []string{"If-None-Match", "*"}, domain.ErrPreconditionFailed, nil},
		{"nothing", []string{"If-Match", ""}, malformed, malformed},
		{"blank", []string{"If-Match", "  "}, malformed, malformed},
		{"two spellings of nothing", []string{"If-Match", "", "if-match", ""}, malformed, malformed},
		{"empty If-None-Match", []string{"If-None-Match", ""}, malformed, malformed},
		{"bare", []string{"If-Match", `7`}, malformed, malformed},
		{"open", []string{"If-Match", `"7`}, malformed, malformed},
		{"lower-case w", []string{"If-Match", `w/"7"`}, malformed, malformed},
		{"no comma", []string{"If-Match", `"7" "8"`}, malformed, malformed},
		{"star in a list", []string{"If-Match", `*, "7"`}, malformed, malformed},
		{"space in a tag", []string{"If-Match", `"7 8"`}, malformed, malformed},
		{"commas alone", []string{"If-Match", `, ,`}, malformed, malformed},
		{"tag of If-None-Match", []string{"If-None-Match", `"7"`}, malformed, malformed},
		{"both", []string{"If-Match", `"7"`, "If-None-Match", `*`}, malformed, malformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cond, err := apigateway.Conditions(withHeaders(tt.headers...))
			if (err != nil) != (tt.at7 == malformed) {
				t.Fatalf("error: %v", err)
			}
			if err != nil {
				return
			}
			if got := cond.Check(7, true); !same(got, tt.at7) {
				t.Errorf("of version 7: %v, want %v", got, tt.at7)
			}
			if got := cond.Check(0, false); !same(got, tt.absent) {
				t.Errorf("of no record: %v, want %v", got, tt.absent)
			}
		})
	}
}

func same(got error, want any) bool {
	err, _ := want.(error)
	return errors.Is(got, err)
}

// TestConditionalGet: If-Match compares strongly and decides first, If-None-Match compares weakly.
func TestConditionalGet(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		headers []string
		want    string
	}{
		"none":                     {nil, "modified"},
		"If-None-Match":            {[]string{"If-None-Match", `"7"`}, "not modified"},
		"If-None-Match, weak":      {[]string{"If-None-Match", `W/"7"`}, "not modified"},
		"If-None-Match, list":      {[]string{"If-None-Match", `"1", "7"`}, "not modified"},
		"If-None-Match, any":       {[]string{"If-None-Match", "*"}, "not modified"},
		"If-None-Match, other":     {[]string{"If-None-Match", `"8"`}, "modified"},
		"If-None-Match, composite": {[]string{"If-None-Match", `"7.1"`}, "modified"},
		"If-None-Match, no list":   {[]string{"If-None-Match", "7"}, "error"},
		"If-None-Match, empty":     {[]string{"If-None-Match", ""}, "error"},
		"If-Match":                 {[]string{"If-Match", `"7"`}, "modified"},
		"If-Match, list":           {[]string{"If-Match", `"1", "7"`}, "modified"},
		"If-Match, any":            {[]string{"If-Match", "*"}, "modified"},
		"If-Match, weak":           {[]string{"If-Match", `W/"7"`}, "failed"},
		"If-Match, other":          {[]string{"If-Match", `"8"`}, "failed"},
		"If-Match, no list":        {[]string{"If-Match", "7"}, "error"},
		"If-Match, empty":          {[]string{"If-Match", ""}, "error"},
		"both, known":              {[]string{"If-Match", `"7"`, "If-None-Match", `"7"`}, "not modified"},
		"both, failed":             {[]string{"If-Match", `"8"`, "If-None-Match", `"7"`}, "failed"},
	} {
		got := "error"
		if cond, err := apigateway.ParseConditionalGet(withHeaders(tt.headers...)); err == nil {
			notModified, err := cond.Check(`"7"`)
			got = map[bool]string{true: "not modified", false: "modified"}[notModified]
			if errors.Is(err, domain.ErrPreconditionFailed) {
				got = "failed"
			}
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

// TestConditionsOnComposite: the first version of a tag counts; the second may be any.
func TestConditionsOnComposite(t *testing.T) {
	t.Parallel()
	for tag, matches := range map[string]bool{
		apigateway.CompositeETag(7, 12): true, `"7.0"`: true, `"7.99"`: true,
		`"7"`: false, `"8.12"`: false, `"7.-1"`: false, `"7.00"`: false, `"7."`: false, `"7.1.2"`: false, `"7.x"`: false, `W/"7.12"`: false,
	} {
		cond, err := apigateway.ConditionsOnComposite(withHeaders("If-Match", tag))
		if err != nil {
			t.Errorf("%s: %v", tag, err)
			continue
		}
		if got := cond.Check(7, true) == nil; got != matches {
			t.Errorf("%s: matches %t, want %t", tag, got, matches)
		}
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	const malformed = "Idempotency-Key must be 1 to 128 printable characters of ASCII."
	for name, tt := range map[string]struct {
		headers []string
		key     domain.Key
		detail  string // of the problem
	}{
		"none":      {nil, "", ""},
		"one":       {[]string{"idempotency-key", "a b~!"}, "a b~!", ""},
		"longest":   {[]string{"Idempotency-Key", strings.Repeat("k", 128)}, domain.Key(strings.Repeat("k", 128)), ""},
		"too long":  {[]string{"Idempotency-Key", strings.Repeat("k", 129)}, "", malformed},
		"empty":     {[]string{"Idempotency-Key", ""}, "", malformed},
		"two lines": {[]string{"Idempotency-Key", "a", "Idempotency-Key", "a"}, "", "Idempotency-Key must be there once."},
		"spellings": {[]string{"Idempotency-Key", "a", "idempotency-key", "b"}, "", "Idempotency-Key must be there once."},
	} {
		key, err := apigateway.IdempotencyKey(withHeaders(tt.headers...))
		if detail := apigateway.DetailOf(err); key != tt.key || detail != tt.detail {
			t.Errorf("%s: %q, %q, want %q, %q", name, key, detail, tt.key, tt.detail)
		}
	}
}
