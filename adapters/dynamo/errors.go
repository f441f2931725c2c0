package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/domain"
)

// ConditionFailedError reports a write whose condition failed. It wraps domain.ErrConflict, or domain.ErrUnavailable if
// it is Ambiguous.
type ConditionFailedError[T any] struct {
	Op, Table string
	// Current is the current record, nil if there is none.
	Current *T
	// Ambiguous reports that the response of an earlier attempt of the same call was lost: that attempt may have
	// succeeded and made the condition false. The RequestID of Current can resolve this.
	Ambiguous bool
}

// Error returns a text with the operation and the table.
func (e *ConditionFailedError[T]) Error() string {
	if e.Ambiguous {
		return fmt.Sprintf("dynamo: %s %s: condition failed after a lost response", e.Op, e.Table)
	}
	return fmt.Sprintf("dynamo: %s %s: condition failed", e.Op, e.Table)
}

// Unwrap returns the kind of the error.
func (e *ConditionFailedError[T]) Unwrap() error {
	if e.Ambiguous {
		return domain.ErrUnavailable
	}
	return domain.ErrConflict
}

// Resolve returns the outcome of a conditional write that returned err, which is not nil. own reports that the write was
// applied: isOwn identifies its record, by the id of the request; the response to an earlier attempt was lost. An error means
// that the write must not be repeated: its condition is not what failed, or the outcome is unknown, since an earlier attempt
// may have been applied and overwritten, which isLater reports of the current record, by its version. Without own and an
// error, the write had no effect, and current is the record on which its condition failed; nil for none.
func (t *Table[T]) Resolve(err error, isOwn, isLater func(current *T) bool) (current *T, own bool, _ error) {
	var failed *ConditionFailedError[T]
	if !errors.As(err, &failed) {
		return nil, false, err
	}
	current = failed.Current
	switch {
	case current != nil && isOwn(current):
		return current, true, nil
	case failed.Ambiguous && isLater(current):
		return nil, false, failed
	}
	return current, false, nil
}

// wrapWriteError wraps the error of a write: a failed condition as a *ConditionFailedError, others as wrapCallError does.
func (t *Table[T]) wrapWriteError(op string, err error, tracker responseTracker) error {
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return t.wrapCallError(op, err, tracker)
	}
	current, err := t.decodeReturned(op, failed.Item)
	if err != nil {
		return err
	}
	return &ConditionFailedError[T]{Op: op, Table: t.name, Current: current, Ambiguous: tracker.anyLost}
}

// wrapCallError wraps the error of a call, with domain.ErrUnavailable if its last response was lost.
func (t *Table[T]) wrapCallError(op string, err error, tracker responseTracker) error {
	if tracker.lastLost {
		return unavailable(op, t.name, err)
	}
	return t.wrapError(op, err)
}

// wrapError wraps an error as classify does.
func (t *Table[T]) wrapError(op string, err error) error { return classify(op, t.name, err) }

// classify wraps an error with the operation and the table, and with domain.ErrUnavailable if a retry may succeed.
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

// transientCode reports whether a request that failed with the code may be retried.
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
