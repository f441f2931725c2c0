// Command rawitems is the items function in a plain handler of the event.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/testdata/peers/items"
	"rental.example/testdata/peers/raw"
)

func main() {
	engine, err := items.Connect(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(raw.Items(engine, os.Getenv("ALLOWED_ORIGIN"), slog.New(slog.NewJSONHandler(os.Stdout, nil))))
}
