package lambdafn_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/adapters/lambdafn"
	"rental.example/domain"
)

func TestRequestIDOutsideOfInvocation(t *testing.T) {
	t.Parallel()
	if got := lambdafn.RequestID(t.Context()); got != "" {
		t.Errorf("RequestID = %q, want none", got)
	}
}

func TestStamp(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "invocation-1"})
	got := lambdafn.Clock{Now: func() time.Time { return now }}.Stamp(ctx)
	if want := (domain.Stamp{Time: now, RequestID: "invocation-1"}); got != want {
		t.Errorf("Stamp = %+v, want %+v", got, want)
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
