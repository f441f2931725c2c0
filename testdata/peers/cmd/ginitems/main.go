// Command ginitems is the items function on gin.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/testdata/peers/ginpeer"
	"rental.example/testdata/peers/items"
)

func main() {
	engine, err := items.Connect(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(ginpeer.Items(engine, os.Getenv("ALLOWED_ORIGIN"), slog.New(slog.NewJSONHandler(os.Stdout, nil))))
}
