package dynamo

import (
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/adapters/httpclient"
	"rental.example/adapters/storecalls"
)

// A function has seconds, and the service answers in milliseconds: so little time for each attempt,
// and few of them.
const (
	clientAttempts = 3
	clientTimeout  = 2 * time.Second       // of one attempt, its connection included
	clientBackoff  = 25 * time.Millisecond // before the first repetition at most; doubled for each one
)

// NewClient makes a client for short-lived functions: at most three attempts, of two seconds each,
// with short pauses between them, and as many connections kept open as a listing needs at once. With
// an HTTP client of its own in cfg, the timeout is that one's. Its calls are those of storecalls. Options are applied last.
//
// Checksums of answers are not computed: the SDK would only log that one is wrong, and would do so for
// every answer of an engine that sends none (aws-sdk-go-v2 issue 3545).
func NewClient(cfg aws.Config, options ...func(*dynamodb.Options)) *dynamodb.Client {
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = httpclient.New(clientTimeout, 4*shards)
	}
	cfg.HTTPClient = storecalls.NewTransport(storecalls.DynamoDB, cfg.HTTPClient.Do)
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = clientAttempts
			o.Backoff = retry.BackoffDelayerFunc(backoff)
		})
	}
	own := func(o *dynamodb.Options) { o.DisableValidateResponseChecksum = true }
	return dynamodb.NewFromConfig(cfg, append([]func(*dynamodb.Options){own}, options...)...)
}

// backoff is a random part of a time that doubles, so that those who were throttled together do not
// come back together.
func backoff(attempt int, _ error) (time.Duration, error) {
	return rand.N(clientBackoff << attempt), nil
}
