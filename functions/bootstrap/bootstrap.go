// Package bootstrap starts Lambda functions. It has what their mains have in common: variables, log, metrics, and calls to
// stores before the first event.
package bootstrap

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/coldstart"
	"rental.example/adapters/lambdaenv"
)

// Environment is what a function gets when it starts.
type Environment struct {
	*lambdaenv.Env
	Logger  *slog.Logger
	Metrics *cloudwatch.Metrics
}

// Function is a function that can be invoked.
type Function struct {
	Handler lambda.Handler
	// WarmUp are the reads of coldstart.WarmUp.
	WarmUp []func(context.Context) error
}

// Run opens a function in the environment of the process, calls its stores once, and serves events until Lambda ends the
// process. service is its name in logs and metrics, unless POWERTOOLS_SERVICE_NAME is set. If the function cannot be
// opened, the process exits with status 1, after a line on stderr.
func Run(service string, open func(Environment) (Function, error)) {
	f, err := Open(service, os.Getenv, os.Stdout, open)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	coldstart.WarmUp(f.WarmUp...)
	lambda.Start(f.Handler)
}

// Open opens a function with variables that are read by getenv; its log and its metrics are written to output. The error
// names all missing and invalid variables that were read, and only without any it is the one of open.
func Open(service string, getenv func(string) string, output io.Writer, open func(Environment) (Function, error)) (Function, error) {
	env := lambdaenv.New(getenv)
	name := env.Optional("POWERTOOLS_SERVICE_NAME", service)
	f, openErr := open(Environment{
		Env:     env,
		Logger:  cloudwatch.NewLogger(output, env.LogLevel(), name),
		Metrics: cloudwatch.NewMetrics(output, env.Optional("POWERTOOLS_METRICS_NAMESPACE", "rental"), name, time.Now),
	})
	if err := env.Err(); err != nil {
		return Function{}, err
	}
	if openErr != nil {
		return Function{}, fmt.Errorf("configuration: %w", openErr)
	}
	return f, nil
}

// HTTP returns the function that serves routes of API Gateway. ALLOWED_ORIGIN is the origin of pages that may send requests.
func (env Environment) HTTP(routes []apigateway.Route, warmUp ...func(context.Context) error) Function {
	return Function{WarmUp: warmUp, Handler: apigateway.NewRouter(routes, apigateway.Config{
		AllowedOrigin: env.Origin("ALLOWED_ORIGIN"), Logger: env.Logger, Metrics: env.Metrics, Now: time.Now,
	})}
}

// Events returns the function that calls handle for each event. handle is a function as lambda.NewHandler takes it.
func (env Environment) Events(handle any, warmUp ...func(context.Context) error) Function {
	return Function{WarmUp: warmUp, Handler: lambda.NewHandler(handle)}
}
