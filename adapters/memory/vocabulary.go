package memory

import (
	"slices"

	"rental.example/domain/item"
)

// termID is the number of a word in a vocabulary. A word's that no item has any more is given again.
type termID uint32

type term struct {
	text  string
	items postings
}

// vocabulary is all words of the items, and which items have them.
type vocabulary struct {
	ids    map[string]termID
	terms  []term
	found  map[string][]termID // by item.IndexTerms, but for the words themselves
	unused []termID
}

func newVocabulary() vocabulary {
	return vocabulary{ids: make(map[string]termID), found: make(map[string][]termID)}
}

// add notes that the item of s has the word text.
func (v *vocabulary) add(text string, s slot) termID {
	id, ok := v.ids[text]
	if !ok {
		id = v.newTerm(text)
	}
	v.terms[id].items = v.terms[id].items.with(s)
	return id
}

func (v *vocabulary) newTerm(text string) termID {
	id := termID(len(v.terms))
	if last := len(v.unused) - 1; last >= 0 {
		id, v.unused = v.unused[last], v.unused[:last]
	} else {
		v.terms = append(v.terms, term{})
	}
	v.terms[id] = term{text: text}
	v.ids[text] = id
	for _, key := range item.IndexTerms(text)[1:] {
		v.found[key] = append(v.found[key], id)
	}
	return id
}

// remove notes that the item of s no longer has the word of id.
func (v *vocabulary) remove(id termID, s slot) {
	t := &v.terms[id]
	t.items = t.items.without(s)
	if len(t.items) > 0 {
		return
	}
	for _, key := range item.IndexTerms(t.text)[1:] {
		rest := slices.DeleteFunc(v.found[key], func(other termID) bool { return other == id })
		if v.found[key] = rest; len(rest) == 0 {
			delete(v.found, key)
		}
	}
	delete(v.ids, t.text)
	*t = term{}
	v.unused = append(v.unused, id)
}

// similar are the words of items that a query's word matches, and whether each is the same.
type similar map[termID]bool

// find returns what a query's word matches once it is folded.
func (v *vocabulary) find(word string) similar {
	found := make(similar)
	for _, key := range item.QueryTerms(word) {
		if id, ok := v.ids[key]; ok {
			found[id] = false
		}
		for _, id := range v.found[key] {
			found[id] = false
		}
	}
	if id, ok := v.ids[word]; ok {
		found[id] = true
	}
	return found
}

// count is at least how many items have a word of w.
func (v *vocabulary) count(w similar) int {
	n := 0
	for id := range w {
		n += len(v.terms[id].items)
	}
	return n
}

// source finds the items that have a word of each of words, and a few others. words come with the rarest
// first, and size is above any slot. What is far more frequent than that is not worth a look.
func (v *vocabulary) source(words []similar, size int) source {
	count := v.count(words[0])
	return source{count, func(yield func(slot) bool) {
		common := v.items(words[0], size)
		for _, w := range words[1:] {
			if v.count(w) <= 32*count {
				common.intersect(v.items(w, size))
			}
		}
		common.each(yield)
	}}
}

func (v *vocabulary) items(w similar, size int) slotSet {
	set := newSlotSet(size)
	for id := range w {
		for _, s := range v.terms[id].items {
			set.add(s)
		}
	}
	return set
}
