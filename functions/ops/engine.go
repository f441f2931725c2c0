package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/functions/ops/indices"
)

// attemptTimeout is longer than the load balancer in front of a domain waits.
const attemptTimeout = 90 * time.Second

// keeper is what looks after the indices of the stack.
func (t tool) admin(erased func(string) bool) (*indices.Admin, error) {
	config := opensearch.Config{
		Endpoint: t.env.Required("OPEN_SEARCH_END_POINT"), Alias: t.env.Required("OPEN_SEARCH_INDEX"),
		Service: t.env.Required("OPEN_SEARCH_SERVICE"), AWS: t.env.AWS("ES"), AttemptTimeout: attemptTimeout,
	}
	if err := t.env.Err(); err != nil {
		return nil, err
	}
	client, err := opensearch.NewClient(config)
	if err != nil {
		return nil, err
	}
	return indices.New(indices.Config{Client: client, Logf: t.logf, GracePeriod: indices.GracePeriod, IsErased: erased}), nil
}

func snapshots(ctx context.Context, t tool, args []string) error {
	if len(args) > 0 {
		return errors.New("snapshots takes no argument")
	}
	a, err := t.admin(nil)
	if err != nil {
		return err
	}
	return a.WriteSnapshots(ctx, t.out)
}

func takeSnapshot(ctx context.Context, t tool, args []string) error {
	repository, err := argument(args, "a repository of yours, which register-snapshots adds")
	if err != nil {
		return err
	}
	a, err := t.admin(nil)
	if err != nil {
		return err
	}
	return a.TakeSnapshot(ctx, repository, "ops-"+time.Now().UTC().Format("20060102t150405"))
}

func registerSnapshots(ctx context.Context, t tool, args []string) error {
	if len(args) != 3 {
		return errors.New("want three arguments: a name for the repository, an S3 bucket, and the ARN of the role that may use it")
	}
	a, err := t.admin(nil)
	if err != nil {
		return err
	}
	return a.RegisterRepository(ctx, args[0], args[1], t.env.AWS("ES").Region, args[2])
}

func restoreItems(ctx context.Context, t tool, args []string) error {
	var r indices.RestoreOptions
	flags := t.flags("restore-items")
	since := flags.String("since", "", "keep what was written from this `time` on, such as 2026-11-30T12:00:00Z; the snapshot's start without it")
	flags.StringVar(&r.ItemsIndex, "items", "", "the `index` of the snapshot with the items, where that is not clear")
	flags.StringVar(&r.OwnersIndex, "owners", "", "the `index` of the snapshot with their owners, likewise")
	flags.BoolVar(&r.AllowDataLoss, "lose", false, "go on where the index in use cannot be read")
	err := flags.Parse(args)
	if err != nil {
		return err
	}
	if r.Snapshot, err = argument(flags.Args(), "a snapshot, as snapshots names it"); err != nil {
		return err
	}
	if *since != "" {
		if r.Since, err = time.Parse(time.RFC3339, *since); err != nil {
			return fmt.Errorf("-since %s: want a time such as 2026-11-30T12:00:00Z", *since)
		}
	}
	erasures, err := t.erasures()
	if err != nil {
		return err
	}
	erased, err := erasures.All(ctx)
	if err != nil {
		return err
	}
	a, err := t.admin(erased)
	if err != nil {
		return err
	}
	return a.RestoreItems(ctx, r)
}

func (t tool) flags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error says it
	return flags
}

func reindex(ctx context.Context, t tool, args []string) error {
	flags := t.flags("reindex")
	text := flags.String("shards", "", "primary `shards` of the new index; those of its definition without it")
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
	a, err := t.admin(nil)
	if err != nil {
		return err
	}
	return a.Reindex(ctx, which == "owners", shards)
}

func unblock(ctx context.Context, t tool, args []string) error {
	return t.onIndex(args, func(a *indices.Admin, name string) error { return a.Unblock(ctx, name) })
}

func dropIndex(ctx context.Context, t tool, args []string) error {
	return t.onIndex(args, func(a *indices.Admin, name string) error { return a.Drop(ctx, name) })
}

func (t tool) onIndex(args []string, do func(a *indices.Admin, name string) error) error {
	name, err := argument(args, "the name of an index, such as items-v1")
	if err != nil {
		return err
	}
	a, err := t.admin(nil)
	if err != nil {
		return err
	}
	return do(a, name)
}
