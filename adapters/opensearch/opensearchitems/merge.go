package opensearchitems

import (
	"encoding/json"
	"errors"
	"fmt"

	"rental.example/domain/item"
)

// MergeOwnerDocuments merges two documents of one owner, each of which may have missed events. Either may be empty.
func MergeOwnerDocuments(a, b json.RawMessage) (json.RawMessage, error) {
	var merged item.Owner
	for _, document := range []json.RawMessage{a, b} {
		if len(document) == 0 {
			continue
		}
		var r ownerRecord
		if err := json.Unmarshal(document, &r); err != nil {
			return nil, fmt.Errorf("opensearch: document of an owner: %w", err)
		}
		if merged.ID != "" && string(merged.ID) != r.ID {
			return nil, errors.New("opensearch: documents of two owners cannot be merged")
		}
		merged = mergeOwner(merged, r.owner())
	}
	return json.Marshal(recordOfOwner(merged))
}

// mergeOwner merges the events that o results from into merged.
func mergeOwner(merged, o item.Owner) item.Owner {
	merged.ID = o.ID
	if o.LastDeleted > 0 {
		merged = merged.Merge(item.OwnerEvent{OwnerID: o.ID, Version: o.LastDeleted, Deleted: true, Received: o.DeletionReceived})
	}
	if o.HasProfile() {
		merged = merged.Merge(item.OwnerEvent{OwnerID: o.ID, Version: o.Version, Name: o.Name, Ratings: o.Ratings})
	}
	return merged
}
