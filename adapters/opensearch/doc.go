// Package opensearch stores items and their owners in OpenSearch, and searches the items.
//
// Client sends requests: it signs them, retries those that are safe to retry, and turns errors into the kinds of package
// domain. Items implements item.Store and item.Search, Holdings item.Holdings, and Owners item.Owners. items.index.json
// and owners.index.json define the two indices; the first request that finds one missing creates it.
package opensearch
