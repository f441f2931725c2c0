package memory

import (
	"slices"
	"unicode/utf8"

	"rental.example/domain/item"
)

// termID is the number of a word in a vocabulary. A word's that no item has any more is given again.
type termID uint32

type term struct {
	text  string
	tail  []rune // all of text but its first character
	items postings
}

// shape is what a query's word and an item's must have in common, but for a few characters' length, to
// be compared at all.
type shape struct {
	first  rune
	length int // characters
}

func shapeOf(text string) shape {
	first, _ := utf8.DecodeRuneInString(text)
	return shape{first: first, length: utf8.RuneCountInString(text)}
}

// vocabulary is all words of the items, and which items have them.
type vocabulary struct {
	ids    map[string]termID
	terms  []term
	shapes map[shape][]termID
	unused []termID
}

func newVocabulary() vocabulary {
	return vocabulary{ids: make(map[string]termID), shapes: make(map[shape][]termID)}
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
	_, size := utf8.DecodeRuneInString(text)
	v.terms[id] = term{text: text, tail: []rune(text[size:])}
	v.ids[text] = id
	v.shapes[shapeOf(text)] = append(v.shapes[shapeOf(text)], id)
	return id
}

// remove notes that the item of s no longer has the word of id.
func (v *vocabulary) remove(id termID, s slot) {
	t := &v.terms[id]
	t.items = t.items.without(s)
	if len(t.items) > 0 {
		return
	}
	shape := shapeOf(t.text)
	rest := slices.DeleteFunc(v.shapes[shape], func(other termID) bool { return other == id })
	if v.shapes[shape] = rest; len(rest) == 0 {
		delete(v.shapes, shape)
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
	wanted := shapeOf(word)
	edits := item.MaxEdits(wanted.length)
	_, size := utf8.DecodeRuneInString(word)
	tail := []rune(word[size:])
	for length := wanted.length - edits; edits > 0 && length <= wanted.length+edits; length++ {
		for _, id := range v.shapes[shape{first: wanted.first, length: length}] {
			if within(edits, tail, v.terms[id].tail) {
				found[id] = false
			}
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

// within reports whether at most so many edits make a of b: a character more, less or another, or two
// neighbours swapped that are not edited again (optimal string alignment, as in Lucene's automata). What
// both begin with never needs an edit, so only the first difference has a choice; edits are at most 2.
func within(edits int, a, b []rune) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	switch {
	case len(a) == 0 || len(b) == 0:
		return len(a)+len(b) <= edits
	case max(len(a)-len(b), len(b)-len(a)) > edits || edits == 0:
		return false
	case within(edits-1, a[1:], b[1:]), within(edits-1, a[1:], b), within(edits-1, a, b[1:]):
		return true
	}
	swapped := len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0]
	return swapped && within(edits-1, a[2:], b[2:])
}
