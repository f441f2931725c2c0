package memory_test

import (
	"testing"

	"rental.example/adapters/memory"
	"rental.example/domain/user"
	"rental.example/domain/user/usertest"
)

func TestUsersKeepTheContract(t *testing.T) {
	t.Parallel()
	usertest.Run(t, func(*testing.T) user.Store { return memory.NewUsers() })
}
