// Command bootstrap is the items function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants
// the binary under this name.
package main

import (
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
	"rental.example/functions/bootstrap"
	"rental.example/functions/items"
)

func main() { bootstrap.Run("items", open) }

func open(env bootstrap.Environment) (bootstrap.Function, error) {
	client, err := opensearch.NewClient(opensearch.Config{
		Endpoint: env.Required("OPEN_SEARCH_END_POINT"), Alias: env.Required("OPEN_SEARCH_INDEX"),
		Service: env.Required("OPEN_SEARCH_SERVICE"), Shards: env.Count("OPEN_SEARCH_SHARDS", 1), AWS: env.AWS("ES"),
	})
	if err != nil {
		return bootstrap.Function{}, err
	}
	store := opensearch.NewItems(client)
	service := items.New(store, store, opensearch.NewOwners(client),
		items.Config{Now: time.Now, Random: domain.RandomBits, Logger: env.Logger})
	return env.HTTP(service.Routes(), client.Ping), nil
}
