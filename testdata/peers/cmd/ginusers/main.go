// Command ginusers is the users function on gin.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/testdata/peers/ginpeer"
	"rental.example/testdata/peers/users"
)

func main() {
	store, err := users.Connect(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(ginpeer.Users(store, os.Getenv("ALLOWED_ORIGIN"), slog.New(slog.NewJSONHandler(os.Stdout, nil))))
}
