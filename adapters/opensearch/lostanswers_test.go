package opensearch_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
	"rental.example/domain/item"
)

// deliver sends the request to the engine and returns its answer.
func deliver(r *http.Request) (*http.Response, error) { return http.DefaultTransport.RoundTrip(r) }

// lose has the engine carry out the request, does then, and answers with instead.
func lose(instead exchange, then func()) exchange {
	return func(r *http.Request) (*http.Response, error) {
		out, err := deliver(r)
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(io.Discard, out.Body)
		if err = errors.Join(err, out.Body.Close()); err != nil {
			return nil, err
		}
		then()
		return instead(r)
	}
}

// writing is a write of one item by a request "ours", over a state that an honest store prepared.
type writing struct {
	prepared bool // whether there is an item before
	write    func(s item.Store, it item.Item, over item.Revision) error
	exists   bool // after it
}

func writings(t *testing.T) map[string]writing {
	return map[string]writing{
		"Create":  {false, func(s item.Store, it item.Item, _ item.Revision) error { return s.Create(t.Context(), it) }, true},
		"Replace": {true, func(s item.Store, it item.Item, r item.Revision) error { return s.Replace(t.Context(), it, r) }, true},
		"Delete":  {true, func(s item.Store, it item.Item, r item.Revision) error { return s.Delete(t.Context(), it.ID, r) }, false},
	}
}

// prepare puts an item there, or makes sure that there is none, and returns what the write is over.
func (w writing) prepare(t *testing.T, s item.Store, id item.ID) item.Revision {
	t.Helper()
	if !w.prepared {
		return ""
	}
	if err := s.Create(t.Context(), itemOf(t, id, "Before", "request-0")); err != nil {
		t.Fatal(err)
	}
	return revisionOf(t, s, id)
}

func revisionOf(t *testing.T, s item.Store, id item.ID) item.Revision {
	t.Helper()
	stored, err := s.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return stored.Revision
}

func ourWrite(t *testing.T, id item.ID) item.Item {
	it := itemOf(t, id, "Ours", "ours")
	it.Version++
	return it
}

// TestLostAnswersAreSettled loses the answers of writes that the engine has carried out: the caller gets
// the answer of the first, and there is no second effect.
func TestLostAnswersAreSettled(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	honest := opensearch.NewItems(client)
	number := byte(0)
	for loss, instead := range map[string]exchange{
		"reset": reset, "bad gateway": answer(502, gatewayPage), "cut off": cut, "empty": answer(200, ""),
		"HTML": answer(200, gatewayPage), "unavailable": answer(503, noShards),
	} {
		for name, w := range writings(t) {
			number++
			id := item.NewID(noon, [10]byte{number})
			t.Run(loss+"/"+name, func(t *testing.T) {
				t.Parallel()
				over := w.prepare(t, honest, id)
				lost := lose(instead, func() {})
				c, _ := clientOver(t, endpoint, alias, lost, lost, deliver)
				if err := w.write(opensearch.NewItems(c), ourWrite(t, id), over); err != nil {
					t.Errorf("write = %v", err)
				}
				got, err := honest.Get(t.Context(), id)
				if w.exists && (err != nil || !got.Item.Equal(ourWrite(t, id))) || !w.exists && !errors.Is(err, domain.ErrNotFound) {
					t.Errorf("Get = %+v, %v; there should be an item: %t", got, err, w.exists)
				}
			})
		}
	}
}

// TestLostAnswersMayStayUnknown has another writer write over a write whose answer was lost. Whether it
// ever took effect, nobody can tell any more: it neither is refused nor has it an effect again.
func TestLostAnswersMayStayUnknown(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	honest := opensearch.NewItems(client)
	for name, w := range writings(t) {
		t.Run(name, func(t *testing.T) {
			id := item.NewID(noon, [10]byte([]byte(name + "..........")[:10]))
			over := w.prepare(t, honest, id)
			theirs := itemOf(t, id, "Theirs", "theirs")
			c, sent := clientOver(t, endpoint, alias, lose(reset, func() {
				var err error
				if w.exists {
					err = honest.Replace(t.Context(), theirs, revisionOf(t, honest, id))
				} else {
					err = honest.Create(t.Context(), theirs)
				}
				if err != nil {
					t.Error(err)
				}
			}), deliver)
			if err := w.write(opensearch.NewItems(c), ourWrite(t, id), over); kindOf(err) != domain.ErrUnavailable {
				t.Errorf("write = %v; want %v", err, domain.ErrUnavailable)
			}
			if got, err := honest.Get(t.Context(), id); err != nil || !got.Item.Equal(theirs) || sent.attempts != 3 {
				t.Errorf("Get = %+v, %v after %d attempts; want theirs after 3", got, err, sent.attempts)
			}
		})
	}
}

// TestRefusalsWithoutDoubt: an attempt that surely had no effect leaves no doubt about the next one's
// refusal.
func TestRefusalsWithoutDoubt(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	honest := opensearch.NewItems(client)
	if err := honest.Create(t.Context(), itemOf(t, someID, "Theirs", "theirs")); err != nil {
		t.Fatal(err)
	}
	for _, first := range []exchange{refused, answer(429, rejected), deliver} {
		c, _ := clientOver(t, endpoint, alias, first, deliver)
		s := opensearch.NewItems(c)
		if err := s.Create(t.Context(), ourWrite(t, someID)); kindOf(err) != domain.ErrConflict {
			t.Errorf("Create = %v, want %v", err, domain.ErrConflict)
		}
		c, _ = clientOver(t, endpoint, alias, first, deliver)
		if err := opensearch.NewItems(c).Replace(t.Context(), ourWrite(t, someID), "999.1"); kindOf(err) != domain.ErrConflict {
			t.Errorf("Replace = %v, want %v", err, domain.ErrConflict)
		}
		gone := item.NewID(noon.Add(time.Hour), [10]byte{1})
		c, _ = clientOver(t, endpoint, alias, first, deliver)
		if err := opensearch.NewItems(c).Delete(t.Context(), gone, "0.1"); kindOf(err) != domain.ErrNotFound {
			t.Errorf("Delete = %v, want %v", err, domain.ErrNotFound)
		}
	}
}

// TestLostMerges: what was merged already is merged again to no effect.
func TestLostMerges(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	honest := opensearch.NewOwners(client)
	want := item.Owner{ID: someOwner}
	for version, name := range []string{"", "First", "Second"} {
		e := item.OwnerEvent{OwnerID: someOwner, Version: domain.Version(version), Name: name}
		want = want.Merge(e)
		c, _ := clientOver(t, endpoint, alias, deliver, lose(reset, func() {}), deliver)
		if got, err := opensearch.NewOwners(c).Merge(t.Context(), e); err != nil || got != want {
			t.Errorf("Merge = %+v, %v; want %+v", got, err, want)
		}
	}
	got, err := honest.Owners(t.Context(), []domain.UserID{someOwner})
	if err != nil || got[someOwner] != want {
		t.Errorf("Owners = %+v, %v; want %+v", got, err, want)
	}
}
