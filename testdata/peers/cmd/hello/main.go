// Command hello is a function that does nothing.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/testdata/peers/hello"
)

func main() { lambda.Start(hello.Handle) }
