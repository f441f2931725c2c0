package snssqs

import (
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"rental.example/adapters/httpclient"
	"rental.example/adapters/storecalls"
)

// A function has seconds, and the services answer in milliseconds: so little time for each attempt, and few
// of them.
const (
	clientAttempts = 3
	clientTimeout  = 2 * time.Second       // of one attempt, its connection included
	clientBackoff  = 50 * time.Millisecond // before the first repetition at most; doubled for each one
)

// InFlight is how many calls at once a client keeps connections open for. More are possible, each at the cost of a
// connection of its own.
const InFlight = 16

// MaxCallTime is how long a call of a Topic for at most MaxBatch events of ordinary size, or of a Queue, may take:
// every attempt at its longest, and the pauses between them.
const MaxCallTime = clientAttempts*clientTimeout + (1<<clientAttempts-1)*clientBackoff

// NewTopicClient makes a client for short-lived functions: at most three attempts, of two seconds each, with
// short pauses between them. With an HTTP client of its own in cfg, the timeout is that one's. Inside Lambda it
// sends the invocation's X-Ray trace along, which SNS passes on to the queues behind a topic. Its calls are those of
// storecalls.
func NewTopicClient(cfg aws.Config) *sns.Client {
	return sns.NewFromConfig(hurried(cfg, storecalls.SNS))
}

// NewQueueClient makes a client for short-lived functions, as NewTopicClient does.
func NewQueueClient(cfg aws.Config) *sqs.Client {
	return sqs.NewFromConfig(hurried(cfg, storecalls.SQS))
}

// NewLongPollClient makes a client for those who wait for messages: with the SDK's own timeouts and retries.
func NewLongPollClient(cfg aws.Config) *sqs.Client { return sqs.NewFromConfig(cfg) }

func hurried(cfg aws.Config, store storecalls.Store) aws.Config {
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = httpclient.New(clientTimeout, InFlight)
	}
	cfg.HTTPClient = storecalls.NewTransport(store, cfg.HTTPClient.Do)
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = clientAttempts
			o.Backoff = retry.BackoffDelayerFunc(backoff)
		})
	}
	return cfg
}

// backoff is a random part of a time that doubles, so that those who were throttled together do not come back
// together.
func backoff(attempt int, _ error) (time.Duration, error) {
	return rand.N(clientBackoff << attempt), nil
}
