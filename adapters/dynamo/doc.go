// Package dynamo stores records in Amazon DynamoDB.
//
// Table is a typed wrapper of one table: conditional writes, queries of one partition or of many merged in order, scans,
// errors of the kinds of package domain, and detection of lost responses. Users implements user.Store with it, and
// ParseUserChange parses the records of its table's stream. For another table, write a struct with dynamodbav tags and a
// store like Users around a Table of it; see the example.
//
// Table's Query, Update and Delete, and the Filter and Descending of a Query, have no caller in this project outside tests.
// They stay because Table is the project's generic query wrapper, for services to come.
package dynamo
