package items_test

import (
	"io"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway/apigatewaytest"
)

func FuzzItemsHandler(f *testing.F) {
	apigatewaytest.Fuzz(f, root, "items", func(t *testing.T) lambda.Handler {
		p := inMemory()
		seed(t, p)
		return newHandler(p, io.Discard)
	})
}
