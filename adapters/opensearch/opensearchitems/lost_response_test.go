package opensearchitems_test

import (
	"errors"
	"testing"
	"time"

	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/domain"
	"rental.example/domain/item"
)

// writeCase is a write of one item by the request "ours".
type writeCase struct {
	replaces bool // whether the item exists before
	write    func(s item.Store, i item.Item, base item.Revision) error
	exists   bool // whether the item exists after
}

func writeCases(t *testing.T) map[string]writeCase {
	return map[string]writeCase{
		"Create":  {false, func(s item.Store, i item.Item, _ item.Revision) error { return s.Create(t.Context(), i) }, true},
		"Replace": {true, func(s item.Store, i item.Item, r item.Revision) error { return s.Replace(t.Context(), i, r) }, true},
		"Delete":  {true, func(s item.Store, i item.Item, r item.Revision) error { return s.Delete(t.Context(), i.ID, r) }, false},
	}
}

// prepare creates the item if the write needs one, and returns its revision.
func (w writeCase) prepare(t *testing.T, s item.Store, id item.ID) item.Revision {
	t.Helper()
	if !w.replaces {
		return ""
	}
	if err := s.Create(t.Context(), newItem(t, id, "Before", "request-0")); err != nil {
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

func ourItem(t *testing.T, id item.ID) item.Item {
	i := newItem(t, id, "Ours", "ours")
	i.Version++
	return i
}

// TestLostResponses loses the responses of the first two attempts of a write that the engine has carried out: the write
// succeeds, and has taken effect once.
func TestLostResponses(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	direct := opensearchitems.NewItems(client)
	clients := map[string]func(t *testing.T) *opensearchitems.Client{}
	for name, lossyEndpoint := range opensearchtest.LossyEndpoints(endpoint) {
		clients[name] = func(t *testing.T) *opensearchitems.Client {
			return newClient(t, lossyEndpoint(t), alias, 0, nil)
		}
	}
	for name, instead := range map[string]opensearchtest.Exchange{
		"bad gateway": opensearchtest.Respond(502, opensearchtest.GatewayPage), "empty": opensearchtest.Respond(200, ""),
		"HTML": opensearchtest.Respond(200, opensearchtest.GatewayPage), "unavailable": opensearchtest.Respond(503, opensearchtest.NoShards),
	} {
		lost := opensearchtest.LoseResponse(instead, func() {})
		clients[name] = func(t *testing.T) *opensearchitems.Client {
			c, _ := newFakeClient(t, endpoint, alias, lost, lost, opensearchtest.Forward)
			return c
		}
	}
	number := byte(0)
	for loss, newLossyClient := range clients {
		for name, w := range writeCases(t) {
			number++
			id := item.NewID(noon, [10]byte{number})
			t.Run(loss+"/"+name, func(t *testing.T) {
				t.Parallel()
				base := w.prepare(t, direct, id)
				if err := w.write(opensearchitems.NewItems(newLossyClient(t)), ourItem(t, id), base); err != nil {
					t.Errorf("write = %v", err)
				}
				got, err := direct.Get(t.Context(), id)
				if w.exists && (err != nil || !got.Item.Equal(ourItem(t, id))) || !w.exists && !errors.Is(err, domain.ErrNotFound) {
					t.Errorf("Get = %+v, %v; want an item: %t", got, err, w.exists)
				}
			})
		}
	}
}

// TestUnknownOutcome overwrites a write whose response was lost. Its outcome can no longer be found out, so it must
// neither be refused nor take effect again.
func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	direct := opensearchitems.NewItems(client)
	for name, w := range writeCases(t) {
		t.Run(name, func(t *testing.T) {
			id := item.NewID(noon, [10]byte([]byte(name + "..........")[:10]))
			base := w.prepare(t, direct, id)
			theirs := newItem(t, id, "Theirs", "theirs")
			c, sent := newFakeClient(t, endpoint, alias, opensearchtest.LoseResponse(opensearchtest.Reset, func() {
				var err error
				if w.exists {
					err = direct.Replace(t.Context(), theirs, revisionOf(t, direct, id))
				} else {
					err = direct.Create(t.Context(), theirs)
				}
				if err != nil {
					t.Error(err)
				}
			}), opensearchtest.Forward)
			if err := w.write(opensearchitems.NewItems(c), ourItem(t, id), base); opensearchtest.KindOf(err) != domain.ErrUnavailable {
				t.Errorf("write = %v; want %v", err, domain.ErrUnavailable)
			}
			if got, err := direct.Get(t.Context(), id); err != nil || !got.Item.Equal(theirs) || sent.Attempts != 3 {
				t.Errorf("Get = %+v, %v after %d attempts; want theirs after 3", got, err, sent.Attempts)
			}
		})
	}
}

// TestKnownOutcome checks that attempts that cannot have taken effect leave the refusal of the next one as it is.
func TestKnownOutcome(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	if err := opensearchitems.NewItems(client).Create(t.Context(), newItem(t, someID, "Theirs", "theirs")); err != nil {
		t.Fatal(err)
	}
	for _, first := range []opensearchtest.Exchange{opensearchtest.Refused, opensearchtest.Respond(429, opensearchtest.Rejected), opensearchtest.Forward} {
		store := func() *opensearchitems.Items {
			c, _ := newFakeClient(t, endpoint, alias, first, opensearchtest.Forward)
			return opensearchitems.NewItems(c)
		}
		if err := store().Create(t.Context(), ourItem(t, someID)); opensearchtest.KindOf(err) != domain.ErrConflict {
			t.Errorf("Create = %v, want %v", err, domain.ErrConflict)
		}
		if err := store().Replace(t.Context(), ourItem(t, someID), "999.1"); opensearchtest.KindOf(err) != domain.ErrConflict {
			t.Errorf("Replace = %v, want %v", err, domain.ErrConflict)
		}
		missing := item.NewID(noon.Add(time.Hour), [10]byte{1})
		if err := store().Delete(t.Context(), missing, "0.1"); opensearchtest.KindOf(err) != domain.ErrNotFound {
			t.Errorf("Delete = %v, want %v", err, domain.ErrNotFound)
		}
	}
}

// TestLostMerges checks that a retried merge has no second effect.
func TestLostMerges(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	want := item.Owner{ID: someOwner}
	for version, name := range []string{"", "First", "Second"} {
		e := item.OwnerEvent{OwnerID: someOwner, Version: domain.Version(version), Name: name}
		want = want.Merge(e)
		c, _ := newFakeClient(t, endpoint, alias, opensearchtest.Forward, opensearchtest.LoseResponse(opensearchtest.Reset, func() {}), opensearchtest.Forward)
		if got, err := opensearchitems.NewOwners(c).Merge(t.Context(), e); err != nil || !got.Equal(want) {
			t.Errorf("Merge = %+v, %v; want %+v", got, err, want)
		}
	}
	got, err := opensearchitems.NewOwners(client).Owners(t.Context(), []domain.UserID{someOwner})
	if err != nil || !got[someOwner].Equal(want) {
		t.Errorf("Owners = %+v, %v; want %+v", got, err, want)
	}
}
