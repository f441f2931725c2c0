// Command bootstrap is the users function as AWS Lambda runs it. Lambda's provided.al2023 runtime wants
// the binary under this name.
package main

import (
	"time"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/functions/bootstrap"
	"rental.example/functions/users"
)

func main() { bootstrap.Run("users", open) }

func open(env bootstrap.Environment) (bootstrap.Function, error) {
	store := dynamousers.New(dynamo.NewClient(env.AWS("DYNAMODB")), env.Required("USERS_TABLE"))
	return env.HTTP(users.New(store, time.Now, env.Logger).Routes(), store.Ping), nil
}
