package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/functions/ops/indices"
)

// attemptTimeout is longer than the timeout of the load balancer in front of a domain.
const attemptTimeout = 90 * time.Second

// admin returns the Admin of the stack's indices.
func (t tool) admin(isErased func(string) bool) (*indices.Admin, error) {
	config := opensearch.Config{
		Endpoint: t.env.Required("OPEN_SEARCH_END_POINT"), Service: t.env.Required("OPEN_SEARCH_SERVICE"),
		AWS: t.env.AWS("ES"), AttemptTimeout: attemptTimeout,
	}
	alias := t.env.Required("OPEN_SEARCH_INDEX")
	if err := t.env.Err(); err != nil {
		return nil, err
	}
	client, err := opensearchitems.NewClient(config, alias, 0)
	if err != nil {
		return nil, err
	}
	return indices.New(indices.Config{Client: client, Logf: t.logf, GracePeriod: indices.GracePeriod, IsErased: isErased}), nil
}

// withAdmin calls f with an Admin.
func (t tool) withAdmin(f func(a *indices.Admin) error) error {
	a, err := t.admin(nil)
	if err != nil {
		return err
	}
	return f(a)
}

func snapshots(ctx context.Context, t tool, args []string) error {
	if len(args) > 0 {
		return errors.New("snapshots takes no argument")
	}
	return t.withAdmin(func(a *indices.Admin) error { return a.WriteSnapshots(ctx, t.out) })
}

func takeSnapshot(ctx context.Context, t tool, args []string) error {
	repository, err := argument(args, "a repository of yours, which register-snapshots adds")
	if err != nil {
		return err
	}
	name := "ops-" + time.Now().UTC().Format("20060102t150405")
	return t.withAdmin(func(a *indices.Admin) error { return a.TakeSnapshot(ctx, repository, name) })
}

func registerSnapshots(ctx context.Context, t tool, args []string) error {
	if len(args) != 3 {
		return errors.New("want three arguments: a name for the repository, an S3 bucket, and the ARN of the role that may use it")
	}
	return t.withAdmin(func(a *indices.Admin) error {
		return a.RegisterRepository(ctx, args[0], args[1], t.env.AWS("ES").Region, args[2])
	})
}

func restoreItems(ctx context.Context, t tool, args []string) error {
	var options indices.RestoreOptions
	flags := t.flags("restore-items")
	since := flags.String("since", "", "keep writes from this `time` on, such as 2026-11-30T12:00:00Z; by default from the snapshot's start")
	flags.StringVar(&options.ItemsIndex, "items", "", "the `index` of the snapshot with the items, if there are several")
	flags.StringVar(&options.OwnersIndex, "owners", "", "the `index` of the snapshot with the owners, if there are several")
	flags.BoolVar(&options.AllowDataLoss, "lose", false, "restore even if the index in use cannot be read")
	err := flags.Parse(args)
	if err != nil {
		return err
	}
	if options.Snapshot, err = argument(flags.Args(), "a snapshot, as snapshots names it"); err != nil {
		return err
	}
	if *since != "" {
		if options.Since, err = time.Parse(time.RFC3339, *since); err != nil {
			return fmt.Errorf("-since %s: want a time such as 2026-11-30T12:00:00Z", *since)
		}
	}
	erasures, err := t.erasures()
	if err != nil {
		return err
	}
	isErased, err := erasures.All(ctx)
	if err != nil {
		return err
	}
	a, err := t.admin(isErased)
	if err != nil {
		return err
	}
	return a.RestoreItems(ctx, options)
}

// flags returns a set of flags whose errors are returned and not printed.
func (t tool) flags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

func reindex(ctx context.Context, t tool, args []string) error {
	flags := t.flags("reindex")
	text := flags.String("shards", "", "primary `shards` of the new index; by default those of its definition")
	if err := flags.Parse(args); err != nil {
		return err
	}
	which, err := argument(flags.Args(), "items or owners")
	if err == nil && which != "items" && which != "owners" {
		err = fmt.Errorf("%q: want items or owners", which)
	}
	if err != nil {
		return err
	}
	shards, err := indices.ParseShards(*text)
	if err != nil {
		return err
	}
	return t.withAdmin(func(a *indices.Admin) error { return a.Reindex(ctx, which == "owners", shards) })
}

func unblock(ctx context.Context, t tool, args []string) error {
	name, err := indexName(args)
	if err != nil {
		return err
	}
	return t.withAdmin(func(a *indices.Admin) error { return a.Unblock(ctx, name) })
}

func dropIndex(ctx context.Context, t tool, args []string) error {
	name, err := indexName(args)
	if err != nil {
		return err
	}
	return t.withAdmin(func(a *indices.Admin) error { return a.Drop(ctx, name) })
}

func indexName(args []string) (string, error) {
	return argument(args, "the name of an index, such as items-v1")
}
