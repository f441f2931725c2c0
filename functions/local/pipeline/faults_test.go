package pipeline

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

// faultyFunctions are two functions that fail at random in all possible ways. One publishes changes of the stream, the
// other stores the ids of messages.
type faultyFunctions struct {
	mu       sync.Mutex
	random   *rand.Rand
	pipeline *Pipeline
	healthy  bool
	highest  int // of the stream's changes published so far
	gap      string
	arrived  map[string]bool
}

func (c *faultyFunctions) roll(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.healthy {
		return 0
	}
	return c.random.IntN(n)
}

// publishChanges publishes the changes one by one, and fails before, between or after them.
func (c *faultyFunctions) publishChanges(ids []string) (string, error) {
	stopAt := len(ids)
	switch c.roll(8) {
	case 1:
		return "", errTest
	case 2:
		panic("broken")
	case 3:
		time.Sleep(time.Minute) // exceeds the timeout
		return "", nil
	case 4, 5:
		stopAt = c.roll(len(ids))
	}
	for _, id := range ids[:stopAt] {
		if err := c.publish(id); err != nil {
			return "", err
		}
	}
	if stopAt < len(ids) {
		var n int
		_, _ = fmt.Sscan(ids[stopAt], &n)
		return reportFailure(sequence(n)), nil
	}
	if c.roll(8) == 1 {
		return "", errTest // after its work
	}
	return "", nil
}

// publish also checks that changes are published in order.
func (c *faultyFunctions) publish(id string) error {
	var n int
	_, _ = fmt.Sscan(id, &n)
	c.mu.Lock()
	if n > c.highest+1 {
		c.gap = fmt.Sprintf("change %d after %d", n, c.highest)
	}
	c.highest = max(c.highest, n)
	c.mu.Unlock()
	_, err := c.pipeline.PublishBatch(context.Background(), &sns.PublishBatchInput{TopicArn: aws.String(c.pipeline.topics[0].ARN()),
		PublishBatchRequestEntries: []types.PublishBatchRequestEntry{entry("1", id, "thing.updated.v1")}})
	return err
}

func (c *faultyFunctions) consume(bodies []string) (string, error) {
	if c.roll(3) == 1 {
		return "", errTest
	}
	c.mu.Lock()
	for _, id := range bodies {
		c.arrived[id] = true
	}
	c.mu.Unlock()
	if c.roll(4) == 1 {
		return "", errTest // after its work
	}
	return "", nil
}

// TestAtLeastOnce: every change arrives despite all faults, and changes are published in order.
func TestAtLeastOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		synctest.Test(t, func(t *testing.T) {
			c := &faultyFunctions{random: rand.New(rand.NewPCG(seed, 1)), arrived: map[string]bool{}}
			w := run(t, deployed(), c.publishChanges, c.consume)
			c.pipeline = w.Pipeline
			const changes = 200
			for i := range changes {
				w.change(t, fmt.Sprint(i+1))
				time.Sleep(time.Duration(c.roll(2000)) * time.Millisecond)
			}
			time.Sleep(3 * time.Hour)
			c.mu.Lock()
			c.healthy = true
			c.mu.Unlock()
			for w.Mappings()[0].Waiting > 0 || w.depth(t, eventQueue) != (Depth{}) || w.depth(t, deadLetterQueue) != (Depth{}) {
				if _, err := w.Redrive(t.Context(), deadLetterQueue); err != nil {
					t.Fatal(err)
				}
				time.Sleep(3 * time.Minute)
			}
			if len(c.arrived) != changes || c.gap != "" {
				t.Errorf("seed %d: %d of %d changes arrived; %s", seed, len(c.arrived), changes, c.gap)
			}
		})
	}
}
