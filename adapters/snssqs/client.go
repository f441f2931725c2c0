package snssqs

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"rental.example/adapters/httpclient"
	"rental.example/adapters/storecalls"
)

// The services respond in milliseconds, and a function has seconds: few attempts with short timeouts.
const (
	clientAttempts = 3
	clientTimeout  = 2 * time.Second        // of one attempt, connecting included
	clientBackoff  = 100 * time.Millisecond // upper limit of the random delay before the first retry; doubles with each retry
)

// InFlight is the number of concurrent calls that reuse connections. Each further one opens a new connection.
const InFlight = 16

// MaxCallTime is the longest time that one call of a Queue takes, or of a Topic for at most MaxBatch events of ordinary
// size: all attempts and their backoff.
const MaxCallTime = clientAttempts*clientTimeout + (1<<(clientAttempts-1)-1)*clientBackoff

// NewTopicClient returns a client with at most three attempts of two seconds each. If cfg has an HTTP client, its
// timeout applies instead. Inside Lambda it sends the X-Ray trace of the invocation, which SNS forwards to the
// subscribed queues. storecalls counts its calls.
func NewTopicClient(cfg aws.Config) *sns.Client {
	return sns.NewFromConfig(withTimeouts(cfg, storecalls.SNS))
}

// NewQueueClient returns a client with the attempts and timeouts of NewTopicClient.
func NewQueueClient(cfg aws.Config) *sqs.Client {
	return sqs.NewFromConfig(withTimeouts(cfg, storecalls.SQS))
}

// NewLongPollClient returns a client for long polling, with the default timeouts and retries of the SDK.
func NewLongPollClient(cfg aws.Config) *sqs.Client { return sqs.NewFromConfig(cfg) }

func withTimeouts(cfg aws.Config, store storecalls.Store) aws.Config {
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = httpclient.New(clientTimeout, InFlight)
	}
	cfg.HTTPClient = storecalls.NewTransport(store, cfg.HTTPClient.Do)
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = clientAttempts
			o.Backoff = httpclient.Backoff(clientBackoff)
		})
	}
	return cfg
}
