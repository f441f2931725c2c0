package republish_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sns"

	"rental.example/adapters/snssqs"
	"rental.example/adapters/snssqs/snssqstest"
)

// slowTopic responds after a delay, and counts its calls in flight.
type slowTopic struct {
	snssqs.TopicAPI
	delay time.Duration

	mu            sync.Mutex
	inFlight, max int
}

func (s *slowTopic) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight += n
	s.max = max(s.max, s.inFlight)
}

func (s *slowTopic) PublishBatch(ctx context.Context, in *sns.PublishBatchInput, options ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	s.count(1)
	defer s.count(-1)
	time.Sleep(s.delay)
	return s.TopicAPI.PublishBatch(ctx, in, options...)
}

// TestRate checks that a run publishes more than 4,000 profiles a second if the topic responds after 20 ms and pages take
// 50 ms, and that it never exceeds the connections of the client.
func TestRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const users = 20_000
		published := new(snssqstest.Topic)
		topic := &slowTopic{TopicAPI: published, delay: 20 * time.Millisecond}
		start := time.Now()
		_, err := newHandler(slowRecords{seed(t, users), 50 * time.Millisecond}, topic, io.Discard).Invoke(invocation(t.Context()), []byte(`{}`))
		rate := users / time.Since(start).Seconds()
		if n := len(published.Messages()); err != nil || n != users || rate < 4000 || topic.max != snssqs.InFlight {
			t.Errorf("%d published, %.0f a second, at most %d batches in flight, %v", n, rate, topic.max, err)
		}
	})
}

// quotaTopic throttles messages above the account's quota.
type quotaTopic struct {
	snssqs.TopicAPI
	perSecond float64

	mu   sync.Mutex
	left float64
	at   time.Time
}

func (q *quotaTopic) take(n int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.left = min(q.perSecond, q.left+time.Since(q.at).Seconds()*q.perSecond)
	q.at = time.Now()
	if q.left < float64(n) {
		return false
	}
	q.left -= float64(n)
	return true
}

func (q *quotaTopic) PublishBatch(ctx context.Context, in *sns.PublishBatchInput, options ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	if !q.take(len(in.PublishBatchRequestEntries)) {
		return nil, errors.New("ThrottledException: Rate exceeded")
	}
	return q.TopicAPI.PublishBatch(ctx, in, options...)
}

// TestQuota checks that a run that is throttled all the time finishes, and uses most of the quota. In most regions it is 300
// messages a second.
// https://docs.aws.amazon.com/general/latest/gr/sns.html
func TestQuota(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const users, perSecond = 20_000, 300
		published := new(snssqstest.Topic)
		topic := &slowTopic{TopicAPI: &quotaTopic{TopicAPI: published, perSecond: perSecond, at: time.Now()}, delay: 20 * time.Millisecond}
		start := time.Now()
		_, err := newHandler(seed(t, users), topic, io.Discard).Invoke(invocation(t.Context()), []byte(`{}`))
		rate := users / time.Since(start).Seconds()
		if n := len(published.Messages()); err != nil || n != users || rate < 0.8*perSecond {
			t.Errorf("%d published, %.0f a second, %v", n, rate, err)
		}
	})
}

// TestOutage checks that a run starts no other batch after a failed one, so that it ends soon.
func TestOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		topic := &snssqstest.Topic{Err: errDown}
		start := time.Now()
		got := invoke(t.Context(), seed(t, 1000), topic, io.Discard, []byte(`{}`))
		if took := time.Since(start); got.Error == "" || took > 20*time.Second {
			t.Errorf("%v after %v", got.Error, took)
		}
	})
}
