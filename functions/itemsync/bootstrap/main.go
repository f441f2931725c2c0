// Command bootstrap is the itemsync function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants
// the binary under this name.
package main

import (
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/domain/item"
	"rental.example/functions/bootstrap"
	"rental.example/functions/itemsync"
)

func main() { bootstrap.Run("itemsync", open) }

func open(env bootstrap.Environment) (bootstrap.Function, error) {
	client, err := opensearch.NewClient(opensearch.Config{
		Endpoint: env.Required("OPEN_SEARCH_END_POINT"), Alias: env.Required("OPEN_SEARCH_INDEX"),
		Service: env.Required("OPEN_SEARCH_SERVICE"), Shards: env.Count("OPEN_SEARCH_SHARDS", 1), AWS: env.AWS("ES"),
	})
	if err != nil {
		return bootstrap.Function{}, err
	}
	registry := item.NewRegistry(opensearch.NewOwners(client), opensearch.NewHoldings(client), itemsync.GracePeriod, time.Now)
	return env.Events(itemsync.New(registry, itemsync.Config{Logger: env.Logger, Metrics: env.Metrics}).Handle, client.Ping), nil
}
