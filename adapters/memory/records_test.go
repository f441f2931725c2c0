package memory_test

import (
	"testing"

	"rental.example/adapters/memory"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/domain/user/usertest"
)

func TestRecordsKeepTheContract(t *testing.T) {
	t.Parallel()
	usertest.RunRecords(t, func(*testing.T) usertest.Keeper { return memory.NewUsers() })
}

// TestRaiseIsAChange tells of a raised record as of any other write.
func TestRaiseIsAChange(t *testing.T) {
	t.Parallel()
	store := memory.NewUsers()
	p, _, err := store.Save(t.Context(), user.Profile{ID: "jane", Name: "Jane", Version: 5}, domain.Condition{})
	if err != nil {
		t.Fatal(err)
	}
	var told []user.Event
	store.OnChange(func(before, after user.State) {
		e, _ := user.EventOf(before, after)
		told = append(told, e)
	})
	stamp := domain.Stamp{Time: domain.Version(9).Time(), RequestID: "request-2"}
	if _, err := store.Raise(t.Context(), user.State{Profile: &p}, stamp); err != nil {
		t.Fatal(err)
	}
	want := user.Event{Kind: user.Updated, UserID: "jane", Version: 9, Name: "Jane", RequestID: "request-2"}
	if len(told) != 1 || told[0] != want {
		t.Errorf("told %+v, want %+v", told, want)
	}
}
