package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
)

// errUnknownID means that a reported failure has no itemIdentifier of the batch.
var errUnknownID = errors.New("batchItemFailures has an unknown itemIdentifier")

// failedItems returns the indices, in ids, of the items that a function's response reports as failed. It returns none
// for a response without a list or with an empty one. If it returns an error, the whole batch has failed.
// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
func failedItems(response []byte, ids []string) (map[int]bool, error) {
	if len(response) == 0 {
		return nil, nil
	}
	var report struct {
		BatchItemFailures []map[string]json.RawMessage `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(response, &report); err != nil { // null leaves the report empty
		return nil, fmt.Errorf("response: %w", err)
	}
	index := make(map[string]int, len(ids))
	for i, id := range ids {
		index[id] = i
	}
	failed := map[int]bool{}
	for _, failure := range report.BatchItemFailures {
		var id *string
		if err := json.Unmarshal(failure["itemIdentifier"], &id); err != nil || id == nil {
			return nil, errUnknownID
		}
		i, ok := index[*id]
		if !ok {
			return nil, errUnknownID
		}
		failed[i] = true
	}
	return failed, nil
}
