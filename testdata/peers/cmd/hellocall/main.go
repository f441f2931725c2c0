// Command hellocall is a function that does nothing after a call of DynamoDB at its start.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/testdata/peers/hello"
	"rental.example/testdata/peers/hellocall"
)

func main() {
	if err := hellocall.Call(context.Background(), os.Getenv); err != nil {
		log.Fatal(err)
	}
	lambda.Start(hello.Handle)
}
