package opensearch

import (
	"rental.example/domain"
	"rental.example/domain/item"
)

// heldAnswer is what the engine found.
type heldAnswer struct {
	coverage
	hits []heldHit // nil: none are told of
}

// heldHit is an item by the fields of its document; nil are those that are not told. What it is sorted by is
// its id.
type heldHit struct {
	seqNo, primaryTerm, ownerVersion, createdAt *int64

	id string
}

// UnmarshalJSON implements json.Unmarshaler.
func (a *heldAnswer) UnmarshalJSON(data []byte) error {
	d := newDecoder(data)
	for name := range d.members {
		if string(name) != "hits" {
			a.coverage.read(d, name)
			continue
		}
		for name := range d.members {
			if string(name) == "hits" && !d.json.Null() {
				a.readHits(d)
			}
		}
	}
	return d.err()
}

func (a *heldAnswer) readHits(d *decoder) {
	a.hits = make([]heldHit, 0, item.MaxHoldings)
	for range d.elements {
		var h heldHit
		h.read(d)
		a.hits = append(a.hits, h)
	}
}

func (h *heldHit) read(d *decoder) {
	for name := range d.members {
		switch string(name) {
		case "_seq_no":
			d.optional(&h.seqNo)
		case "_primary_term":
			d.optional(&h.primaryTerm)
		case "sort":
			for range d.elements {
				d.text(&h.id)
			}
		case "fields":
			for name := range d.members {
				switch string(name) {
				case "ownerVersion":
					readLone(d, &h.ownerVersion)
				case "createdAt":
					readLone(d, &h.createdAt)
				}
			}
		}
	}
}

// readLone reads the value of a field, which comes as an array.
func readLone(d *decoder, into **int64) {
	for range d.elements {
		d.optional(into)
	}
}

// check implements checked.
func (a *heldAnswer) check() error {
	if err := a.coverage.check(); err != nil {
		return err
	}
	if a.hits == nil {
		return nonsense("has no hits")
	}
	for _, h := range a.hits {
		if err := h.check(); err != nil {
			return err
		}
	}
	return nil
}

func (h *heldHit) check() error {
	if _, err := item.ParseID(h.id); err != nil {
		return nonsense("has a hit without its place in the order")
	}
	if h.seqNo == nil || h.primaryTerm == nil || h.ownerVersion == nil || h.createdAt == nil {
		return nonsense("has a hit without its state")
	}
	return nil
}

func (h *heldHit) holding() item.Holding {
	return item.Holding{
		ID: item.ID(h.id), OwnerVersion: domain.Version(*h.ownerVersion), CreatedAt: domain.Version(*h.createdAt).Time(),
		Revision: item.Revision(state{int(*h.seqNo), int(*h.primaryTerm)}.String()),
	}
}
