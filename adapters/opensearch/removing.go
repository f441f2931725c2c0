package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain"
	"rental.example/domain/item"
)

// Remove implements item.Holdings by one bulk request, and by a look at those that it refuses: the engine tells no
// difference between a document that has changed and one that is gone. So it settles lost answers, too.
func (s *Holdings) Remove(ctx context.Context, held []item.Holding) (changed int, err error) {
	targets, refused := targetsOf(held)
	if len(targets) > 0 {
		left, err := s.delete(ctx, targets)
		if err != nil {
			return 0, err
		}
		refused = append(refused, left...)
	}
	if len(refused) == 0 {
		return 0, nil
	}
	return s.count(ctx, refused)
}

// target is a document in a state.
type target struct {
	id item.ID
	at state
}

// targetsOf leaves out what no item can have for an id, and so is gone; and what is in a state that cannot be, and
// so is refused.
func targetsOf(held []item.Holding) (targets []target, refused []item.ID) {
	for _, h := range held {
		if _, err := item.ParseID(string(h.ID)); err != nil {
			continue
		}
		if at, ok := parseState(string(h.Revision)); ok {
			targets = append(targets, target{h.ID, at})
		} else {
			refused = append(refused, h.ID)
		}
	}
	return targets, refused
}

// delete returns the ids of those that are not in their state.
//
// Everything that matters is in the lines: Amazon's domains ignore the parameters in the URL of a signed POST.
// require_alias is not there, since the engine ignores it in a deletion; it makes no index for one anyway.
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/request-signing.html
func (s *Holdings) delete(ctx context.Context, targets []target) (refused []item.ID, err error) {
	var lines []byte
	for _, d := range targets {
		lines = fmt.Appendf(lines, `{"delete":{"_id":%q,"if_seq_no":%d,"if_primary_term":%d}}`+"\n", d.id, d.at.seqNo, d.at.primaryTerm)
	}
	x := s.client.items
	done, err := do[deletionAnswer](ctx, s.client, "bulk "+x.alias, x, func() opensearchapi.Request {
		return opensearchapi.BulkRequest{Index: x.alias, Body: bytes.NewReader(lines)}
	})
	if err != nil || done.flawless {
		return nil, err
	}
	if len(done.items) != len(targets) {
		return nil, fmt.Errorf("opensearch: bulk %s: %w", x.alias, nonsense("tells of too many or too few deletions"))
	}
	for i, d := range targets {
		one := done.items[i]
		if one.id != string(d.id) {
			return nil, fmt.Errorf("opensearch: bulk %s: %w", x.alias, nonsense("tells of another deletion"))
		}
		if one.problem != nil {
			refused = append(refused, d.id)
		}
	}
	return refused, nil
}

// deletionAnswer is the answer to a bulk request: a success, whatever became of its parts.
// https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
type deletionAnswer struct {
	flawless bool       // each document is deleted, or is not there
	items    []deletion // in the order of the request; nil when flawless
}

// deletion is what became of one document.
type deletion struct {
	id      string
	status  int64
	problem *problem
}

// UnmarshalJSON implements json.Unmarshaler. That there are no errors is said first, and then it reads no more.
func (a *deletionAnswer) UnmarshalJSON(data []byte) error {
	d := newDecoder(data)
	for name := range d.members {
		if string(name) == "errors" {
			errors := true
			if d.boolean(&errors); !errors {
				a.flawless = true
				break
			}
		}
		if string(name) != "items" {
			continue
		}
		a.items = make([]deletion, 0, item.MaxHoldings)
		for range d.elements {
			var one deletion
			for name := range d.members {
				if string(name) == "delete" {
					one.read(d)
				}
			}
			a.items = append(a.items, one)
		}
	}
	return d.err()
}

func (o *deletion) read(d *decoder) {
	for name := range d.members {
		switch string(name) {
		case "_id":
			d.text(&o.id)
		case "status":
			d.integer(&o.status)
		case "error":
			d.value(&o.problem)
		}
	}
}

// check implements checked: it lets no error through but conflicts.
func (a *deletionAnswer) check() error {
	for _, one := range a.items {
		if err := one.check(); err != nil && !errors.Is(err, domain.ErrConflict) {
			return err
		}
	}
	return nil
}

func (o *deletion) check() error {
	switch {
	case o.problem != nil:
		return o.problem.classify(int(o.status))
	case o.status == http.StatusOK, o.status == http.StatusNotFound: // deleted, or not there
		return nil
	}
	return nonsense("does not tell what became of a deletion")
}

// sought is a document that is asked for by its id alone, to see whether it is there.
type sought struct {
	ID     item.ID `json:"_id"`
	Source bool    `json:"_source"`
}

// count returns how many of ids are there, as of the latest acknowledged writes.
func (s *Holdings) count(ctx context.Context, ids []item.ID) (n int, err error) {
	var docs struct {
		Docs []sought `json:"docs"`
	}
	for _, id := range ids {
		docs.Docs = append(docs.Docs, sought{ID: id})
	}
	body, err := json.Marshal(docs)
	if err != nil {
		return 0, fmt.Errorf("opensearch: %w", err)
	}
	x := s.client.items
	seen, err := do[presences](ctx, s.client, "mget "+x.alias, x, func() opensearchapi.Request {
		return opensearchapi.MgetRequest{Index: x.alias, Body: bytes.NewReader(body)}
	})
	if err != nil {
		return 0, err
	}
	if len(seen.Docs) != len(ids) {
		return 0, fmt.Errorf("opensearch: mget %s: %w", x.alias, nonsense("holds too many or too few documents"))
	}
	for _, d := range seen.Docs {
		if *d.Found {
			n++
		}
	}
	return n, nil
}

// presences tell which documents are there.
type presences struct {
	Docs []struct {
		Found *bool    `json:"found"`
		Error *problem `json:"error"`
	} `json:"docs"`
}

func (p *presences) check() error {
	for _, d := range p.Docs {
		switch {
		case d.Error != nil:
			return d.Error.classifyDocument()
		case d.Found == nil:
			return nonsense("holds no document")
		}
	}
	return nil
}
