// Package dynamo reads and writes tables of Amazon DynamoDB.
//
// Table is a typed wrapper of one table: conditional writes, queries of one partition or of many merged in order, scans,
// errors of the kinds of package domain, and detection of lost responses. Schema creates a table in a local engine.
// ParseChange parses the records of a table's stream. Each package below it stores what one bounded context keeps in
// DynamoDB: a struct with dynamodbav tags and a store around a Table of it; see the example. Package dynamotest has what
// the tests of all of them share.
//
// Table's Query, Update and Delete, and the Filter and Descending of a Query, have no caller in this project outside tests.
// They stay because Table is the project's generic query wrapper, for services to come.
package dynamo
