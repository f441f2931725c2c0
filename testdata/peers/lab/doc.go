// Package lab runs the binaries of functions as AWS Lambda does and measures them: a Runtime API, a DynamoDB
// and an OpenSearch that always answer the same, and the kernel's accounts of what a process has used.
//
// The servers are in the process of the harness, so none of their work is in the figures. StartEngines are reached
// without TLS, which a function pays for once in a connection; StartServices are for cold starts, with TLS.
package lab
