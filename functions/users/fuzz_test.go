package users_test

import (
	"io"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/memory/memoryusers"
)

func FuzzHandler(f *testing.F) {
	apigatewaytest.Fuzz(f, root, "users", func(t *testing.T) lambda.Handler {
		store := memoryusers.New()
		seed(t, store)
		return newHandler(store, io.Discard)
	})
}
