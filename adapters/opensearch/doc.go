// Package opensearch reads, writes and searches documents in OpenSearch.
//
// Client sends requests: it signs them, retries those that are safe to retry, and turns errors into the kinds of package
// domain. Documents are those of one Index: Get, MultiGet, Put and Delete under a Revision, BulkDelete, Search. The first
// request that finds an index missing creates it from its definition. Decoder decodes responses with many documents. Each
// package below it has what one bounded context stores and searches here; package opensearchtest has what the tests of all
// of them share.
package opensearch
