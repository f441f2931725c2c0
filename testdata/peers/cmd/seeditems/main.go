// Command seeditems is the items function on the seed's stack.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/testdata/peers/items"
	"rental.example/testdata/peers/seed"
)

func main() {
	engine, err := items.Connect(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(seed.Items(engine, os.Getenv("ALLOWED_ORIGIN"), slog.New(slog.NewJSONHandler(os.Stdout, nil))))
}
