package indices_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/samtest"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/functions/ops/indices"
)

const seeded = 10_000

// stack is indices of their own on a real engine, and what was acknowledged to clients of them.
type stack struct {
	client *opensearch.Client
	admin  *indices.Admin
	alias  string
	items  *opensearch.Items
	erased map[string]bool

	mu   sync.Mutex
	want map[item.ID]string // names by id, as acknowledged; empty: deleted
	said []string
	hook func() // when the restore begins

	writes, retries, reads atomic.Int64
}

func newStack(t *testing.T) *stack {
	t.Helper()
	alias := "items-" + strings.ToLower(rand.Text()[:10])
	client, err := opensearch.NewClient(opensearch.Config{
		Endpoint: samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "opensearch"), Alias: alias, Service: opensearch.ServiceNone,
		AttemptTimeout: time.Minute, HTTP: &http.Transport{MaxIdleConnsPerHost: 64},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &stack{client: client, alias: alias, items: opensearch.NewItems(client), erased: map[string]bool{}, want: map[item.ID]string{}}
	s.admin = indices.New(indices.Config{Client: client, Logf: s.say(t), GracePeriod: 2 * time.Second, IsErased: func(id string) bool { return s.erased[id] }})
	t.Cleanup(func() { s.call(t, "DELETE", "/"+alias+"*", "") })
	if _, err := s.items.Get(t.Context(), newItemID()); !errors.Is(err, domain.ErrNotFound) { // makes the index
		t.Fatal(err)
	}
	if _, err := opensearch.NewOwners(client).Owners(t.Context(), []domain.UserID{ownerID(0)}); err != nil {
		t.Fatal(err)
	}
	s.call(t, "PUT", "/"+alias+"-v1/_settings", `{"index.refresh_interval":"100ms"}`) // a write waits for a refresh
	return s
}

func (s *stack) say(t *testing.T) func(string, ...any) {
	return func(format string, args ...any) {
		t.Logf(format, args...)
		s.said = append(s.said, fmt.Sprintf(format, args...))
		if s.hook != nil && strings.HasPrefix(format, "restoring") {
			s.hook()
		}
	}
}

func (s *stack) call(t *testing.T, method, path, body string) {
	t.Helper()
	if err := s.client.Call(context.WithoutCancel(t.Context()), opensearch.RetryWrite, method, path, []byte(body), nil); err != nil {
		t.Fatal(err)
	}
}

func newItemID() item.ID {
	var random [10]byte
	rand.Read(random[:]) // never fails
	return item.NewID(time.Now(), random)
}

func ownerID(n int) domain.UserID {
	return domain.UserID(fmt.Sprintf("%08d-0000-4000-8000-000000000000", n))
}

// seed puts documents into an index as they were written at that time, and expects them.
func (s *stack) seed(t *testing.T, n int, at time.Time) []item.ID {
	t.Helper()
	ids := make([]item.ID, n)
	var lines strings.Builder
	for i := range ids {
		ids[i] = newItemID()
		s.want[ids[i]] = fmt.Sprintf("seeded %d", i)
		fmt.Fprintf(&lines, "{\"index\":{\"_id\":%q}}\n", ids[i])
		fmt.Fprintf(&lines, `{"id":%q,"ownerId":%q,"ownerVersion":1,"name":"seeded %d","location":{"lat":52.5,"lon":13.4},"version":%d,"createdAt":%[4]d,"updatedAt":%[4]d,"requestId":"seed","draft":%q}`+"\n",
			ids[i], ownerID(i%100), i, at.UnixMicro(), strings.Repeat("0", 64))
		if i%500 == 499 || i == n-1 {
			s.call(t, "POST", "/"+s.alias+"/_bulk", lines.String())
			lines.Reset()
		}
	}
	return ids
}

// load has clients write and read until stop is called, which waits for them. Each insists on every write as a
// person would; what it was told is in want.
func (s *stack) load(t *testing.T, own []item.ID, stable item.ID) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	const writers = 24
	for w := range writers {
		mine := own[w*len(own)/writers : (w+1)*len(own)/writers]
		clients.Go(func() { s.write(t, ctx, slices.Clone(mine), w) })
	}
	clients.Go(func() { s.read(t, ctx, stable) })
	return func() {
		cancel()
		clients.Wait()
		t.Logf("%d writes acknowledged, %d attempts refused, %d reads", s.writes.Load(), s.retries.Load(), s.reads.Load())
	}
}

// read wants a document that does not change to be there all the time.
func (s *stack) read(t *testing.T, ctx context.Context, stable item.ID) {
	for ctx.Err() == nil {
		if _, err := s.items.Get(t.Context(), stable); err != nil {
			t.Errorf("reading: %v", err)
			return
		}
		s.reads.Add(1)
		time.Sleep(time.Millisecond)
	}
}

func (s *stack) write(t *testing.T, ctx context.Context, mine []item.ID, writer int) {
	for n := 0; ctx.Err() == nil; n++ {
		name := fmt.Sprintf("writer %d write %d", writer, n)
		choice := mathrand.IntN(4)
		id := newItemID()
		switch {
		case choice == 0 || len(mine) == 0:
			mine, choice = append(mine, id), 0
		default:
			at := mathrand.IntN(len(mine))
			if id = mine[at]; choice == 1 {
				mine, name = slices.Delete(mine, at, at+1), ""
			}
		}
		for try := 0; ; try++ {
			err := s.writeOnce(t, id, name, choice, fmt.Sprintf("request-%d-%d", writer, n))
			if err == nil {
				break
			}
			if !errors.Is(err, domain.ErrUnavailable) && !errors.Is(err, domain.ErrConflict) || try == 1000 {
				t.Errorf("%s: %v", name, err)
				return
			}
			s.retries.Add(1)
			time.Sleep(50 * time.Millisecond)
		}
		s.writes.Add(1)
		s.mu.Lock()
		s.want[id] = name
		s.mu.Unlock()
	}
}

// writeOnce creates (0), deletes (1) or changes. What was deleted by an attempt that was refused is deleted.
func (s *stack) writeOnce(t *testing.T, id item.ID, name string, choice int, request string) error {
	stamp := domain.Stamp{Time: time.Now(), RequestID: request}
	if choice == 0 {
		lat, lng := 52.5, 13.4
		it, err := item.New(id, domain.Caller{ID: ownerID(7)}, item.Owner{Version: 1}, item.Draft{Name: name, Lat: &lat, Lng: &lng}, stamp)
		if err != nil {
			return err
		}
		return s.items.Create(t.Context(), it)
	}
	present, err := s.items.Get(t.Context(), id)
	if errors.Is(err, domain.ErrNotFound) && choice == 1 {
		return nil
	}
	if err != nil {
		return err
	}
	if choice == 1 {
		return s.items.Delete(t.Context(), id, present.Revision)
	}
	changed, err := present.Item.Change(item.Patch{Name: domain.Some(name)}, stamp)
	if err != nil {
		return err
	}
	return s.items.Replace(t.Context(), changed, present.Revision)
}
