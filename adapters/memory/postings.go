package memory

import (
	"math/bits"
	"slices"
)

// slot is the number of an item in an index. A removed item's is given again.
type slot uint32

// postings are the items that have something in common, in order.
type postings []slot

func (p postings) with(s slot) postings {
	at, found := slices.BinarySearch(p, s)
	if found {
		return p
	}
	return slices.Insert(p, at, s)
}

func (p postings) without(s slot) postings {
	at, found := slices.BinarySearch(p, s)
	if !found {
		return p
	}
	return slices.Delete(p, at, at+1)
}

// drop takes s from the postings of key, and these from all when they are empty.
func drop[K comparable](all map[K]postings, key K, s slot) {
	rest := all[key].without(s)
	if len(rest) == 0 {
		delete(all, key)
		return
	}
	all[key] = rest
}

// slotSet has a bit for each slot.
type slotSet []uint64

func newSlotSet(size int) slotSet { return make(slotSet, (size+63)/64) }

func (b slotSet) add(s slot) { b[s/64] |= 1 << (s % 64) }

// intersect leaves in b what is in other too, which is of the same size.
func (b slotSet) intersect(other slotSet) {
	for i := range b {
		b[i] &= other[i]
	}
}

// each yields the slots in b, in order.
func (b slotSet) each(yield func(slot) bool) {
	for i, word := range b {
		for ; word != 0; word &= word - 1 {
			if !yield(slot(i*64 + bits.TrailingZeros64(word))) {
				return
			}
		}
	}
}
