// Command bootstrap is the items function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants
// the binary under this name.
package main

import (
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/domain"
	"rental.example/functions/bootstrap"
	"rental.example/functions/items"
)

func main() { bootstrap.Run("items", open) }

func open(env bootstrap.Environment) (bootstrap.Function, error) {
	client, err := opensearchitems.NewClient(opensearch.Config{
		Endpoint: env.Required("OPEN_SEARCH_END_POINT"), Service: env.Required("OPEN_SEARCH_SERVICE"), AWS: env.AWS("ES"),
	}, env.Required("OPEN_SEARCH_INDEX"), env.Count("OPEN_SEARCH_SHARDS", 1))
	if err != nil {
		return bootstrap.Function{}, err
	}
	store := opensearchitems.NewItems(client)
	service := items.New(store, store, opensearchitems.NewOwners(client),
		items.Config{Now: time.Now, Random: domain.RandomBits, Logger: env.Logger})
	return env.HTTP(service.Routes(), client.Ping), nil
}
