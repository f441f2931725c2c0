package memory

import (
	"slices"

	"rental.example/domain"
	"rental.example/domain/item"
)

// itemIndex is what searches see: the items, and the ways to those that a query can ask for. It is as
// safe as a map: either one writer or any readers.
type itemIndex struct {
	entries    []entry // by slot
	slots      map[item.ID]slot
	unused     []slot
	words      vocabulary
	places     grid
	categories map[string]postings
	tags       map[string]postings
	owners     map[domain.UserID]postings
	newest     order
	cheapest   order
	dearest    order
}

// entry is an item in the index. The zero entry is an unused slot.
type entry struct {
	document *document
	words    []occurrence // by number
}

// occurrence is a word of an item: its termID, and in the lowest bit whether only the details have it.
// Where the name has it too, the details do not count: they never score more.
type occurrence uint32

func (o occurrence) term() termID { return termID(o >> 1) }
func (o occurrence) inName() bool { return o&1 == 0 }

func newItemIndex() *itemIndex {
	return &itemIndex{
		slots:      make(map[item.ID]slot),
		words:      newVocabulary(),
		places:     newGrid(),
		categories: make(map[string]postings),
		tags:       make(map[string]postings),
		owners:     make(map[domain.UserID]postings),
		newest:     order{sort: item.ByNewest},
		cheapest:   order{sort: item.ByPrice},
		dearest:    order{sort: item.ByPriceDesc},
	}
}

// set has searches find d in the place of what they find under id; nothing for nil.
func (x *itemIndex) set(id item.ID, d *document) {
	if s, ok := x.slots[id]; ok {
		x.remove(s)
	}
	if d != nil {
		x.add(d)
	}
}

func (x *itemIndex) add(d *document) {
	s := x.newSlot()
	it := d.item
	x.entries[s] = entry{document: d, words: x.occurrences(it, s)}
	x.slots[it.ID] = s
	x.places.add(it.Place, s)
	x.owners[it.OwnerID] = x.owners[it.OwnerID].with(s)
	if it.Category != "" {
		x.categories[it.Category] = x.categories[it.Category].with(s)
	}
	for _, tag := range it.Tags {
		x.tags[tag] = x.tags[tag].with(s)
	}
	for _, o := range x.orders() {
		o.add(s, x.entries)
	}
}

func (x *itemIndex) remove(s slot) {
	it := x.entries[s].document.item
	for _, o := range x.orders() {
		o.remove(s, x.entries)
	}
	for _, tag := range it.Tags {
		drop(x.tags, tag, s)
	}
	drop(x.categories, it.Category, s)
	drop(x.owners, it.OwnerID, s)
	x.places.remove(it.Place, s)
	for _, word := range x.entries[s].words {
		x.words.remove(word.term(), s)
	}
	delete(x.slots, it.ID)
	x.entries[s] = entry{}
	x.unused = append(x.unused, s)
}

func (x *itemIndex) orders() []*order { return []*order{&x.newest, &x.cheapest, &x.dearest} }

func (x *itemIndex) newSlot() slot {
	if last := len(x.unused) - 1; last >= 0 {
		s := x.unused[last]
		x.unused = x.unused[:last]
		return s
	}
	x.entries = append(x.entries, entry{})
	return slot(len(x.entries) - 1)
}

// occurrences puts the words of it into the vocabulary, and returns them.
func (x *itemIndex) occurrences(it item.Item, s slot) []occurrence {
	var found []occurrence
	for _, text := range item.FoldedWords(it.Name) {
		found = append(found, occurrence(x.words.add(text, s)<<1))
	}
	for _, text := range item.FoldedWords(it.Details) {
		found = append(found, occurrence(x.words.add(text, s)<<1|1))
	}
	slices.Sort(found)
	return slices.Clip(slices.CompactFunc(found, func(a, b occurrence) bool { return a.term() == b.term() }))
}
