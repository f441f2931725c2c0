package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/domain"
)

// ConditionFailedError tells that a write was refused since its condition does not hold. It is a
// domain.ErrConflict; where it is Unsure, a domain.ErrUnavailable.
type ConditionFailedError[T any] struct {
	Op, Table string
	// Current is the record that the condition was held against, nil when there is none.
	Current *T
	// Unsure tells that an earlier attempt of the same call ended without an answer, so that it may
	// have taken effect and be the very reason why the condition no longer holds. Records that bear
	// the name of their last writer can tell.
	Unsure bool
}

// Error names the operation and the table.
func (e *ConditionFailedError[T]) Error() string {
	if e.Unsure {
		return fmt.Sprintf("dynamo: %s %s: condition failed after an attempt of unknown outcome", e.Op, e.Table)
	}
	return fmt.Sprintf("dynamo: %s %s: condition failed", e.Op, e.Table)
}

// Unwrap returns the kind of the error.
func (e *ConditionFailedError[T]) Unwrap() error {
	if e.Unsure {
		return domain.ErrUnavailable
	}
	return domain.ErrConflict
}

// writeFailure is what a write's error means, given what its attempts were seen to do.
func (t *Table[T]) writeFailure(op string, err error, seen attempts) error {
	var refused *types.ConditionalCheckFailedException
	if !errors.As(err, &refused) {
		return t.callFailure(op, err, seen)
	}
	current, err := t.returned(op, refused.Item)
	if err != nil {
		return err
	}
	return &ConditionFailedError[T]{Op: op, Table: t.name, Current: current, Unsure: seen.ever}
}

// callFailure is what a call's error means, given what its attempts were seen to do.
func (t *Table[T]) callFailure(op string, err error, seen attempts) error {
	if seen.lost {
		return unavailable(op, t.name, err)
	}
	return t.failure(op, err)
}

func (t *Table[T]) failure(op string, err error) error { return classify(op, t.name, err) }

// classify gives an error of the SDK its kind: domain.ErrUnavailable where a repetition may succeed,
// none where it cannot. The cause stays in the chain.
func classify(op, table string, err error) error {
	var coded interface{ ErrorCode() string }
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled),
		errors.As(err, &coded) && transientCode(coded.ErrorCode()):
		return unavailable(op, table, err)
	}
	return fmt.Errorf("dynamo: %s %s: %w", op, table, err)
}

func unavailable(op, table string, err error) error {
	return fmt.Errorf("dynamo: %s %s: %w: %w", op, table, domain.ErrUnavailable, err)
}

// transientCode knows the refusals that a later attempt may not meet.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
func transientCode(code string) bool {
	switch code {
	case "ThrottlingException", "Throttling", "ProvisionedThroughputExceededException",
		"RequestLimitExceeded", "LimitExceededException", "InternalServerError", "ServiceUnavailable",
		"TransactionConflictException", "TransactionInProgressException", "ReplicatedWriteConflictException",
		"RequestTimeout", "RequestTimeoutException":
		return true
	}
	return false
}
