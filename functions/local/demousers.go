package main

import (
	"rental.example/domain"
	"rental.example/functions/local/cognito"
)

const demoPassword = "Passw0rd!"

// demoUsers returns the same users at every start, so that scripts and documents can rely on them.
func demoUsers() []cognito.User {
	return []cognito.User{
		{Email: "renter@example.com", Password: demoPassword, Sub: "11111111-1111-4111-8111-111111111111"},
		{Email: "rentee@example.com", Password: demoPassword, Sub: "22222222-2222-4222-8222-222222222222"},
		{Email: "admin@example.com", Password: demoPassword, Sub: "33333333-3333-4333-8333-333333333333",
			Groups: []string{domain.GroupAdmin}},
	}
}
