package main

import (
	"context"
	"path/filepath"

	"rental.example/testdata/peers/lab"
)

// The stacks that are compared.
const (
	ours   = "ours"
	seeds  = "seed"
	gins   = "gin"
	raws   = "raw"
	hellos = "hello"
	// hellosOne is hello with the one processor that the others have.
	hellosOne = "hello, GOMAXPROCS=1"
	// hellocalls is hello with one call of the SDK at its start; hellocallsTrust reads its roots as ours does.
	hellocalls      = "hellocall"
	hellocallsTrust = "hellocall, our SSL_CERT_DIR"
	// seedsPlain is a binary of seed that nobody gave flags for, as most deploy theirs.
	seedsPlain = "seed, built without flags"
)

// functions are those of all stacks.
type functions struct {
	users, items map[string]lab.Function
	seedPlain    string // a binary
}

// build makes the binaries of all stacks in a folder.
func build(ctx context.Context, folder string, engines lab.Engines) (functions, error) {
	f := functions{users: map[string]lab.Function{}, items: map[string]lab.Function{}}
	root, err := lab.Root(ctx, "rental.example")
	if err != nil {
		return f, err
	}
	peers := filepath.Join(root, "testdata", "peers")
	environment := environmentOf(engines, "none")
	for _, b := range []struct {
		stack, dir, pkg string
		into            map[string]lab.Function
	}{
		{ours, root, "./functions/users/bootstrap", f.users},
		{ours, root, "./functions/items/bootstrap", f.items},
		{seeds, peers, "./cmd/seedusers", f.users},
		{seeds, peers, "./cmd/seeditems", f.items},
		{gins, peers, "./cmd/ginusers", f.users},
		{gins, peers, "./cmd/ginitems", f.items},
		{raws, peers, "./cmd/rawusers", f.users},
		{raws, peers, "./cmd/rawitems", f.items},
		{hellos, peers, "./cmd/hello", f.users},
		{hellocalls, peers, "./cmd/hellocall", f.users},
	} {
		binary := filepath.Join(folder, b.stack+filepath.Base(filepath.Dir(b.pkg))+filepath.Base(b.pkg))
		if err := lab.Build(ctx, b.dir, b.pkg, binary); err != nil {
			return f, err
		}
		b.into[b.stack] = lab.Function{Binary: binary, Environment: append(environment[:len(environment):len(environment)], "GOMAXPROCS=1")}
	}
	f.seedPlain = filepath.Join(folder, "plain")
	if err := lab.BuildPlain(ctx, peers, "./cmd/seedusers", f.seedPlain); err != nil {
		return f, err
	}
	one := f.users[hellos]
	f.users[hellosOne] = one
	f.users[hellos] = lab.Function{Binary: one.Binary, Environment: environment} // as everyone deploys it
	return f, nil
}

// environmentOf is what template.yaml and Lambda give the functions, with engines in the place of AWS. signed is the
// service that requests to OpenSearch are signed for.
func environmentOf(engines lab.Engines, signed string) []string {
	return []string{
		"AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=token",
		"AWS_LAMBDA_FUNCTION_NAME=peer", "AWS_LAMBDA_FUNCTION_VERSION=1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
		"USERS_TABLE=users", "ALLOWED_ORIGIN=" + origin, "LOG_LEVEL=INFO",
		"AWS_ENDPOINT_URL_DYNAMODB=" + engines.DynamoDB.URL,
		"OPEN_SEARCH_END_POINT=" + engines.OpenSearch.URL, "OPEN_SEARCH_INDEX=items", "OPEN_SEARCH_SERVICE=" + signed,
	}
}

// rotated is the order of contestants in a round: each comes first, and after each other, equally often.
func rotated(stacks []string, round int) []string {
	order := make([]string, 0, len(stacks))
	for i := range stacks {
		order = append(order, stacks[(i+round)%len(stacks)])
	}
	return order
}
