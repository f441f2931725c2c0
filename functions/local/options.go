package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"

	"rental.example/adapters/lambdaenv"
)

// options are the flags, and the environment variables that the functions read, too.
type options struct {
	addr       string
	demo       bool
	dynamodb   string
	opensearch string
	record     string
	speed      int
	faults     faults

	origin   string
	table    string // in the DynamoDB that dynamodb names
	alias    string // in the OpenSearch that opensearch names
	logLevel slog.Level
}

// variables are the environment variables with their defaults.
var variables = map[string]string{
	"ALLOWED_ORIGIN": "http://localhost:3000", "LOG_LEVEL": "INFO", "OPEN_SEARCH_INDEX": "items", "USERS_TABLE": "users",
}

func parseOptions(args []string, getenv func(string) string, stderr io.Writer) (options, error) {
	o := options{faults: faults{}}
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.addr, "addr", "localhost:8080", "`address` to listen on; whoever can connect may use it")
	flags.BoolVar(&o.demo, "demo", true, "start with the demo users and, in memory, the demo items")
	flags.StringVar(&o.dynamodb, "dynamodb", "", "keep profiles in the DynamoDB at this `URL`, not in memory")
	flags.StringVar(&o.opensearch, "opensearch", "", "keep and search items in the OpenSearch at this `URL`, not in memory")
	flags.StringVar(&o.record, "record", "", "write every event and its response into this `directory`, with clock and ids frozen")
	flags.IntVar(&o.speed, "speed", 1, "divide the waiting times of events, between attempts and for the grace period, by `n`")
	flags.Var(o.faults, "fail", "make `invocations` of functions fail: userevents:3,itemsync:2-4, or itemsync:1! for after the work")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return o, err
	} else if err != nil {
		return o, errUsage // the flag package has printed it
	}
	if err := o.check(flags.Args()); err != nil {
		return o, err
	}
	file, warnings, err := readDotEnv(".env")
	if err != nil {
		return o, err
	}
	for _, warning := range warnings {
		fmt.Fprintln(stderr, "local:", warning)
	}
	env := lambdaenv.New(func(name string) string {
		return cmp.Or(getenv(name), file[name], variables[name])
	})
	o.origin, o.logLevel = env.Origin("ALLOWED_ORIGIN"), env.LogLevel()
	o.table, o.alias = env.Required("USERS_TABLE"), env.Required("OPEN_SEARCH_INDEX")
	return o, env.Err()
}

// errUsage is an error in the flags that the flag package has already printed.
var errUsage = errors.New("bad flags")

func (o options) check(args []string) error {
	switch {
	case len(args) > 0:
		return fmt.Errorf("unexpected argument %q; -help lists the flags", args[0])
	case o.addr == "":
		return errors.New("-addr is empty: it would listen on all interfaces; say -addr :8080 if that is meant")
	case !isURL(o.dynamodb):
		return fmt.Errorf("-dynamodb %s: want a URL such as http://localhost:8000", o.dynamodb)
	case !isURL(o.opensearch):
		return fmt.Errorf("-opensearch %s: want a URL such as http://localhost:9200", o.opensearch)
	case o.speed < 1:
		return fmt.Errorf("-speed %d: want 1, as deployed, or more", o.speed)
	}
	return nil
}

// isURL also accepts the empty string: the flag is not set.
func isURL(text string) bool {
	u, err := url.Parse(text)
	return text == "" || err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}
