package main

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory/memoryusers"
	rental "rental.example/functions/users"
	"rental.example/testdata/peers/ginpeer"
	"rental.example/testdata/peers/hello"
	"rental.example/testdata/peers/raw"
	"rental.example/testdata/peers/seed"
	"rental.example/testdata/peers/users"
)

const origin = "https://app.example.com"

// handlerOf is what the users function of a stack hands to lambda.Start, over a store in memory.
func handlerOf(stack string) (lambda.Handler, error) {
	logger := slog.New(slog.NewJSONHandler(io.Discard, nil))
	switch stack {
	case ours:
		return oursInMemory(), nil
	case seeds:
		return lambda.NewHandler(seed.Users(users.NewMemory(), origin, logger)), nil
	case gins:
		return lambda.NewHandler(ginpeer.Users(users.NewMemory(), origin, logger)), nil
	case raws:
		return lambda.NewHandler(raw.Users(users.NewMemory(), origin, logger)), nil
	case hellos:
		return lambda.NewHandler(hello.Handle), nil
	}
	return nil, fmt.Errorf("there is no stack %q", stack)
}

// oursInMemory is what functions/users/bootstrap hands to lambda.Start, but for the store and the output.
func oursInMemory() lambda.Handler {
	logger := cloudwatch.NewLogger(io.Discard, slog.LevelInfo, "users")
	service := rental.New(memoryusers.New(), time.Now, logger)
	return apigateway.NewRouter(service.Routes(), apigateway.Config{
		AllowedOrigin: origin, Logger: logger, Metrics: cloudwatch.NewMetrics(io.Discard, "rental", "users", time.Now), Now: time.Now,
	})
}
