// Package hello is a function that does nothing, as everyone begins one.
package hello

import (
	"context"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
)

// Handle says hello.
func Handle(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	return events.APIGatewayProxyResponse{
		StatusCode: http.StatusOK,
		Headers:    map[string]string{"Content-Type": "application/json"},
		Body:       `{"message":"hello world"}`,
	}, nil
}
