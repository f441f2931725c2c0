package dynamousers

// WithListIndex returns the store with another index for List, as after a deployment.
func (s *Store) WithListIndex(index string) *Store { return &Store{table: s.table, listIndex: index} }

// ListIndex is the index that List queries.
const ListIndex = listIndex

// IndexNames returns the names of the indexes of the users table.
func IndexNames() (names []string) {
	for _, index := range indexes() {
		names = append(names, index.name)
	}
	return names
}
