package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
)

// errUnknownItem is a report of a failure that names nothing of the batch.
var errUnknownItem = errors.New("batchItemFailures names what is not in the batch")

// failures are the indices, in ids, of the items that a function's answer reports as failed. An answer
// without a list, or with an empty one, reports none; one that names anything but items of the batch is an
// error, for which the whole batch has failed.
// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
func failures(answer []byte, ids []string) (map[int]bool, error) {
	var report *struct {
		BatchItemFailures []map[string]json.RawMessage `json:"batchItemFailures"`
	}
	if len(answer) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(answer, &report); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	if report == nil {
		return nil, nil
	}
	index := make(map[string]int, len(ids))
	for i, id := range ids {
		index[id] = i
	}
	failed := map[int]bool{}
	for _, failure := range report.BatchItemFailures {
		var id *string
		if err := json.Unmarshal(failure["itemIdentifier"], &id); err != nil || id == nil {
			return nil, errUnknownItem
		}
		i, ok := index[*id]
		if !ok {
			return nil, errUnknownItem
		}
		failed[i] = true
	}
	return failed, nil
}
