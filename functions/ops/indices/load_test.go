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
	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/samtest"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/functions/ops/indices"
)

const seeded = 10_000

// stack is a pair of indices on a real engine, with the writes that were acknowledged to clients.
type stack struct {
	client *opensearchitems.Client
	admin  *indices.Admin
	alias  string
	items  *opensearchitems.Items
	erased map[string]bool

	mu     sync.Mutex
	want   map[item.ID]string // acknowledged names by id; empty for deleted items
	logged []string
	hook   func() // when the restore begins

	writes, retries, reads atomic.Int64
}

func newStack(t *testing.T) *stack {
	t.Helper()
	alias := "items-" + strings.ToLower(rand.Text()[:10])
	client, err := opensearchitems.NewClient(opensearch.Config{
		Endpoint: samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "opensearch"), Service: opensearch.ServiceNone,
		AttemptTimeout: time.Minute, HTTP: &http.Transport{MaxIdleConnsPerHost: 64},
	}, alias, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &stack{client: client, alias: alias, items: opensearchitems.NewItems(client), erased: map[string]bool{}, want: map[item.ID]string{}}
	s.admin = indices.New(indices.Config{Client: client, Logf: s.logf(t), GracePeriod: 2 * time.Second, IsErased: func(id string) bool { return s.erased[id] }})
	t.Cleanup(func() { s.call(t, "DELETE", "/"+alias+"*", "") })
	if _, err := s.items.Get(t.Context(), newItemID()); !errors.Is(err, domain.ErrNotFound) { // creates the index
		t.Fatal(err)
	}
	if _, err := opensearchitems.NewOwners(client).Owners(t.Context(), []domain.UserID{ownerID(0)}); err != nil {
		t.Fatal(err)
	}
	s.call(t, "PUT", "/"+alias+"-v1/_settings", `{"index.refresh_interval":"100ms"}`) // a write waits for a refresh
	return s
}

func (s *stack) logf(t *testing.T) func(string, ...any) {
	return func(format string, args ...any) {
		t.Logf(format, args...)
		s.logged = append(s.logged, fmt.Sprintf(format, args...))
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

// seed writes n documents with a time of their last update.
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

// load makes clients write and read until stop is called, which waits for them. They retry every write until it is
// acknowledged.
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

// read expects the document stable to exist all the time.
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
		kind := writeKind(mathrand.IntN(4)) // half of them changes
		id := newItemID()
		switch {
		case kind == create || len(mine) == 0:
			mine, kind = append(mine, id), create
		default:
			at := mathrand.IntN(len(mine))
			if id = mine[at]; kind == remove {
				mine, name = slices.Delete(mine, at, at+1), ""
			}
		}
		for try := 0; ; try++ {
			err := s.writeOnce(t, id, name, kind, fmt.Sprintf("request-%d-%d", writer, n))
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

// writeKind is what a write does.
type writeKind int

const (
	create writeKind = iota
	remove
	change // and all above
)

// writeOnce makes one attempt of a write. A missing item counts as removed, since an earlier attempt may have removed it.
func (s *stack) writeOnce(t *testing.T, id item.ID, name string, kind writeKind, request string) error {
	stamp := domain.Stamp{Time: time.Now(), RequestID: request}
	if kind == create {
		lat, lng := 52.5, 13.4
		created, err := item.New(id, domain.Caller{ID: ownerID(7)}, item.Owner{Version: 1}, item.Draft{Name: name, Lat: &lat, Lng: &lng}, stamp)
		if err != nil {
			return err
		}
		return s.items.Create(t.Context(), created)
	}
	current, err := s.items.Get(t.Context(), id)
	if errors.Is(err, domain.ErrNotFound) && kind == remove {
		return nil
	}
	if err != nil {
		return err
	}
	if kind == remove {
		return s.items.Delete(t.Context(), id, current.Revision)
	}
	changed, err := current.Item.Change(item.Patch{Name: domain.Some(name)}, stamp)
	if err != nil {
		return err
	}
	return s.items.Replace(t.Context(), changed, current.Revision)
}
