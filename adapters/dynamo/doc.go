// Package dynamo keeps records in Amazon DynamoDB.
//
// Table is the way to every table: typed records, conditional writes, queries over one partition or
// over many that are merged in order, errors sorted into the kinds of package domain, and an honest
// answer about writes whose answer was lost. Users is the user.Store that is built on it, and
// ParseUserChange reads what its table's stream tells. For a table of your own, write a struct with
// dynamodbav tags and a store like Users around a Table of it; the package's example is a whole one.
package dynamo
