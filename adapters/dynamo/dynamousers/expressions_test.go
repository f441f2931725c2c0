package dynamousers_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/domain"
	"rental.example/domain/user"
)

func TestExpressionPlaceholders(t *testing.T) {
	t.Parallel()
	ctx, api := t.Context(), &dynamotest.Expressions{T: t, Item: storedProfile("1")}
	store := dynamousers.New(api, "users")
	p := profileAt(t, someone, noon, "request-1")
	tombstone := user.NewTombstone(someone, 1, domain.Stamp{Time: noon})
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	for _, cond := range []domain.Condition{{}, domain.MustExist(), domain.MustNotExist(), domain.MustBe(7), domain.MustBe(8, 9), domain.MustBe()} {
		for _, requestID := range []string{"", "request-1"} {
			_, _, err := store.Save(ctx, profileAt(t, someone, noon, requestID), cond)
			check(err)
			if !cond.NeedsAbsence() {
				_, err = store.Delete(ctx, someone, cond, domain.Stamp{Time: noon, RequestID: requestID})
				check(err)
			}
		}
	}
	_, err := store.Erase(ctx, someone, domain.Stamp{Time: noon})
	check(err)
	for _, r := range []user.Record{{Profile: &p}, {Tombstone: &tombstone}} {
		_, err := store.Restore(ctx, r)
		check(err)
		_, err = store.BumpVersion(ctx, r, domain.Stamp{Time: noon})
		check(err)
	}
	if n := len(api.All); n != 4*2+2+1+2 { // Save, Delete, Erase and Restore, BumpVersion
		t.Errorf("%d expressions:\n%s", n, strings.Join(slices.Sorted(maps.Keys(api.All)), "\n"))
	}
}
