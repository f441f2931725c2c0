package apigateway

import (
	"slices"

	"github.com/aws/aws-lambda-go/events"
)

// HeaderNames and ClaimNames are the headers and claims that the decoder reads.
var HeaderNames, ClaimNames = slices.Clone(headerNames), slices.Clone(claimNames)

// DecodeEvent decodes an event.
func DecodeEvent(data []byte) (events.APIGatewayProxyRequest, error) {
	var d eventDecoder
	err := d.decode(data)
	return d.request, err
}

// DetailOf returns the detail of err's problem, or "" if err is nil.
func DetailOf(err error) string {
	if err == nil {
		return ""
	}
	return problemOf(err).Detail
}
