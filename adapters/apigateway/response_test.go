package apigateway_test

import (
	"net/url"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
)

// TestLocation has APIs with several roots, and requests that end with slashes.
func TestLocation(t *testing.T) {
	t.Parallel()
	for _, root := range []string{
		"https://abc.execute-api.eu-west-1.amazonaws.com/dev", "https://api.example.com", "https://example.com/api/v1",
	} {
		for _, resource := range []string{"/items", "/user", "/items/1/photos"} {
			for _, slashes := range []string{"", "/", "//"} {
				request, err := url.Parse(root + resource + slashes)
				if err != nil {
					t.Fatal(err)
				}
				header := apigateway.Location(events.APIGatewayProxyRequest{Resource: resource, Path: resource + slashes}, "/things/7")
				got, err := request.Parse(header.Value)
				if err != nil || header.Name != "Location" || got.String() != root+"/things/7" {
					t.Errorf("%s: %s: %s resolves to %s (%v)", request, header.Name, header.Value, got, err)
				}
			}
		}
	}
}
