package memoryusers_test

import (
	"testing"

	"rental.example/adapters/memory/memoryusers"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/domain/user/usertest"
)

func TestStoreContract(t *testing.T) {
	t.Parallel()
	usertest.Run(t, func(*testing.T) user.Store { return memoryusers.New() })
}

func TestRecordStoreContract(t *testing.T) {
	t.Parallel()
	usertest.RunRecords(t, func(*testing.T) usertest.StoreWithRecords { return memoryusers.New() })
}

func TestBumpVersionCallsOnChange(t *testing.T) {
	t.Parallel()
	store := memoryusers.New()
	p, _, err := store.Save(t.Context(), user.Profile{ID: "jane", Name: "Jane", Version: 5}, domain.Condition{})
	if err != nil {
		t.Fatal(err)
	}
	var got []user.Event
	store.OnChange(func(before, after user.Record) {
		e, _ := user.ChangeEvent(before, after)
		got = append(got, e)
	})
	stamp := domain.Stamp{Time: domain.Version(9).Time(), RequestID: "request-2"}
	if _, err := store.BumpVersion(t.Context(), user.Record{Profile: &p}, stamp); err != nil {
		t.Fatal(err)
	}
	want := user.Event{Kind: user.Updated, UserID: "jane", Version: 9, Name: "Jane", RequestID: "request-2"}
	if len(got) != 1 || got[0] != want {
		t.Errorf("events: %+v, want %+v", got, want)
	}
}
