package dynamo

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/adapters/httpclient"
	"rental.example/adapters/storecalls"
)

// A function has seconds, and the service responds in milliseconds: attempts are short and few.
const (
	clientAttempts = 3
	clientTimeout  = 2 * time.Second       // of one attempt, its connection included
	clientBackoff  = 50 * time.Millisecond // upper limit of the random delay before the first retry; doubles with each retry

	idleConnections = 64 // kept open, for a QueryMerged of as many partitions
)

// NewClient returns a client for functions: three attempts of two seconds each with a short backoff, and as many idle
// connections as a QueryMerged uses concurrently. If cfg has an HTTP client, its timeout applies. storecalls counts the calls.
// Options are applied last.
//
// Response checksums are not validated: the SDK only logs a wrong one, and does so for every response of an engine that
// sends none (aws-sdk-go-v2 issue 3545).
func NewClient(cfg aws.Config, options ...func(*dynamodb.Options)) *dynamodb.Client {
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = httpclient.New(clientTimeout, idleConnections)
	}
	cfg.HTTPClient = storecalls.NewTransport(storecalls.DynamoDB, cfg.HTTPClient.Do)
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = clientAttempts
			o.Backoff = httpclient.Backoff(clientBackoff)
		})
	}
	own := func(o *dynamodb.Options) { o.DisableValidateResponseChecksum = true }
	return dynamodb.NewFromConfig(cfg, append([]func(*dynamodb.Options){own}, options...)...)
}
