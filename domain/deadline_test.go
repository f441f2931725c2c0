package domain_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/domain"
)

func TestWithReserve(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		whole, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		ctx, cancel := domain.WithReserve(whole, time.Second)
		defer cancel()
		if end, ok := ctx.Deadline(); !ok || time.Until(end) != time.Minute-time.Second {
			t.Errorf("deadline in %v, %t", time.Until(end), ok)
		}
		endless, cancel := domain.WithReserve(t.Context(), time.Second)
		defer cancel()
		if end, ok := endless.Deadline(); ok {
			t.Errorf("deadline %v without one in the parent", end)
		}
	})
}
