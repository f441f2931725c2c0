package dynamo

// Listing is the store with another index to list by, as the deployment after the one that made it has.
func (u *Users) Listing(index string) *Users { return &Users{table: u.table, listed: index} }

// ListIndex is the index that is listed by now.
const ListIndex = listIndex

// IndexNames are those of the indexes that a table is made with.
func IndexNames() (names []string) {
	for _, index := range userIndexes() {
		names = append(names, index.name)
	}
	return names
}
