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

// faultyFunctions is two functions that pass changes on from the stream to the topic and from the queue to what arrived,
// and fail at random in every way that there is.
type faultyFunctions struct {
	mu      sync.Mutex
	random  *rand.Rand
	topic   *Topic
	healthy bool
	highest int // of the stream's changes published so far
	gap     string
	arrived map[string]bool
}

func (c *faultyFunctions) roll(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.healthy {
		return 0
	}
	return c.random.IntN(n)
}

// userEvents publishes one by one, and may fail before, between and after.
func (c *faultyFunctions) userEvents(ids []string) (string, error) {
	stopAt := len(ids)
	switch c.roll(8) {
	case 1:
		return "", errBroken
	case 2:
		panic("broken")
	case 3:
		time.Sleep(time.Minute) // its time is up
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
		return reporting(sequence(n)), nil
	}
	if c.roll(8) == 1 {
		return "", errBroken // after its work
	}
	return "", nil
}

// publish also checks that no change comes before those that were made before it.
func (c *faultyFunctions) publish(id string) error {
	var n int
	_, _ = fmt.Sscan(id, &n)
	c.mu.Lock()
	if n > c.highest+1 {
		c.gap = fmt.Sprintf("change %d after %d", n, c.highest)
	}
	c.highest = max(c.highest, n)
	c.mu.Unlock()
	_, err := c.topic.PublishBatch(context.Background(), &sns.PublishBatchInput{TopicArn: aws.String(c.topic.ARN()),
		PublishBatchRequestEntries: []types.PublishBatchRequestEntry{entry("1", id, "user.profile.updated.v1")}})
	return err
}

func (c *faultyFunctions) itemSync(bodies []string) (string, error) {
	if c.roll(3) == 1 {
		return "", errBroken
	}
	c.mu.Lock()
	for _, id := range bodies {
		c.arrived[id] = true
	}
	c.mu.Unlock()
	if c.roll(4) == 1 {
		return "", errBroken // after its work
	}
	return "", nil
}

// TestAtLeastOnce: whatever fails however often, every change arrives in the end, and no change was published
// before the one before it.
func TestAtLeastOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		synctest.Test(t, func(t *testing.T) {
			c := &faultyFunctions{random: rand.New(rand.NewPCG(seed, 1)), arrived: map[string]bool{}}
			w := run(t, deployed(), c.userEvents, c.itemSync)
			c.topic = w.Topic()
			const changes = 200
			for i := range changes {
				w.change(t, fmt.Sprint(i+1))
				time.Sleep(time.Duration(c.roll(2000)) * time.Millisecond)
			}
			time.Sleep(3 * time.Hour)
			c.mu.Lock()
			c.healthy = true
			c.mu.Unlock()
			for w.Mappings()[0].Waiting > 0 || w.depth(t, ItemSyncQueue) != (Depth{}) || w.depth(t, ItemSyncDeadLetterQueue) != (Depth{}) {
				if _, err := w.Redrive(t.Context(), ItemSyncDeadLetterQueue); err != nil {
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
