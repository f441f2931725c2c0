package lambdafn_test

import (
	"errors"
	"strings"
	"testing"

	"rental.example/adapters/lambdafn"
)

func TestRequestIDOutsideOfInvocation(t *testing.T) {
	t.Parallel()
	if got := lambdafn.RequestID(t.Context()); got != "" {
		t.Errorf("RequestID = %q, want none", got)
	}
}

func TestRecover(t *testing.T) {
	t.Parallel()
	var panicked *lambdafn.PanicError
	err := lambdafn.Recover(func() error { panic("a programming error") })
	if !errors.As(err, &panicked) || panicked.Value != "a programming error" || !strings.Contains(err.Error(), "lambdafn_test.go") {
		t.Errorf("panic: %v", err)
	}
	failure := errors.New("failed")
	if err := lambdafn.Recover(func() error { return failure }); err != failure {
		t.Errorf("error: %v", err)
	}
}
