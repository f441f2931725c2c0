// Command bootstrap is the itemsync function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants
// the binary under this name.
package main

import (
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/domain/item"
	"rental.example/functions/bootstrap"
	"rental.example/functions/itemsync"
)

func main() { bootstrap.Run("itemsync", open) }

func open(env bootstrap.Environment) (bootstrap.Function, error) {
	client, err := opensearchitems.NewClient(opensearch.Config{
		Endpoint: env.Required("OPEN_SEARCH_END_POINT"), Service: env.Required("OPEN_SEARCH_SERVICE"), AWS: env.AWS("ES"),
	}, env.Required("OPEN_SEARCH_INDEX"), env.Count("OPEN_SEARCH_SHARDS", 1))
	if err != nil {
		return bootstrap.Function{}, err
	}
	registry := item.NewRegistry(opensearchitems.NewOwners(client), opensearchitems.NewHoldings(client), itemsync.GracePeriod, time.Now)
	return env.Events(itemsync.New(registry, itemsync.Config{Logger: env.Logger, Metrics: env.Metrics}).Handle, client.Ping), nil
}
