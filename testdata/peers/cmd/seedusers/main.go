// Command seedusers is the users function on the seed's stack.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/testdata/peers/seed"
	"rental.example/testdata/peers/users"
)

func main() {
	store, err := users.Connect(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(seed.Users(store, os.Getenv("ALLOWED_ORIGIN"), slog.New(slog.NewJSONHandler(os.Stdout, nil))))
}
