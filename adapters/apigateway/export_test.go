package apigateway

import (
	"slices"

	"github.com/aws/aws-lambda-go/events"
)

// HeaderNames and ClaimNames are what the decoder keeps by name.
var HeaderNames, ClaimNames = slices.Clone(headerNames), slices.Clone(claimNames)

// DecodeEvent is the decoder, into maps of its own.
func DecodeEvent(data []byte) (events.APIGatewayProxyRequest, error) {
	var d eventDecoder
	err := d.decode(data)
	return d.request, err
}
