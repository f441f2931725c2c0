package dynamo

// WithListIndex returns the store with another index for List, as after a deployment.
func (u *Users) WithListIndex(index string) *Users { return &Users{table: u.table, listIndex: index} }

// ListIndex is the index that List queries.
const ListIndex = listIndex

// IndexNames returns the names of the indexes of the users table.
func IndexNames() (names []string) {
	for _, index := range userIndexes() {
		names = append(names, index.name)
	}
	return names
}
