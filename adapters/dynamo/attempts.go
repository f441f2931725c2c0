package dynamo

import (
	"context"
	"errors"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// attempts watches the attempts of one call. The SDK repeats a write whose connection was reset or
// whose answer was a server's error, though the service may have carried it out: whoever gets a failed
// condition then has to know that it may have been made false by the call itself.
type attempts struct {
	unanswered bool // an attempt ended neither in success nor in a refusal
}

// watch installs a for one call: inside the loop of repetitions, around each attempt.
func (a *attempts) watch(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(a, "Retry", middleware.After)
	})
}

// ID implements middleware.FinalizeMiddleware.
func (*attempts) ID() string { return "dynamo.attempts" }

// HandleFinalize implements middleware.FinalizeMiddleware.
func (a *attempts) HandleFinalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
	out middleware.FinalizeOutput, metadata middleware.Metadata, err error) {
	out, metadata, err = next.HandleFinalize(ctx, in)
	if err == nil && emptyAnswer(metadata) {
		err = &smithy.DeserializationError{Err: errEmptyAnswer}
	}
	if err != nil && !refused(err) {
		a.unanswered = true
	}
	return out, metadata, err
}

var errEmptyAnswer = errors.New("the answer has no body")

// emptyAnswer finds answers that were cut off before their first byte. The SDK takes them for success
// with nothing in it: no such item, nothing replaced. DynamoDB's least answer is {}.
func emptyAnswer(metadata middleware.Metadata) bool {
	raw, ok := awsmiddleware.GetRawResponse(metadata).(*smithyhttp.Response)
	return ok && raw.ContentLength == 0
}

// refused reports whether err is the service's word that it did nothing.
func refused(err error) bool {
	var answer *smithyhttp.ResponseError
	if !errors.As(err, &answer) {
		return false
	}
	status := answer.HTTPStatusCode()
	return status >= 400 && status < 500
}
