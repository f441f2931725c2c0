// Command rawusers is the users function in a plain handler of the event.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/testdata/peers/raw"
	"rental.example/testdata/peers/users"
)

func main() {
	store, err := users.Connect(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(raw.Users(store, os.Getenv("ALLOWED_ORIGIN"), slog.New(slog.NewJSONHandler(os.Stdout, nil))))
}
