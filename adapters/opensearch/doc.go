// Package opensearch keeps items and what they know of their owners in OpenSearch, and searches the items.
//
// Client is the way to the engine: it signs, repeats what is safe to repeat, and sorts errors into the
// kinds of package domain. Items is the item.Store and the item.Search over it, Holdings the item.Holdings, Owners the item.Owners.
// The two indices are items.index.json and owners.index.json; whoever finds an alias missing makes them.
package opensearch
