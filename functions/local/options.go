package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"slices"

	"rental.example/adapters/lambdaenv"
	"rental.example/functions/local/template"
)

// options are the flags, and the environment variables that the functions read, too.
type options struct {
	addr       string
	demo       bool
	dynamodb   string
	opensearch string
	file       string // the template; empty: the one of the module
	record     string
	speed      int
	faults     faults

	template *template.Template
	logLevel slog.Level
}

// parameters are the values of template.yaml's parameters that are not their defaults, so that the runner has all that a
// deployment can have. RepublishSchedule stays empty: who republishes here does it by hand.
var parameters = map[string]string{"OpenSearchMode": "domain", "OpenSearchDomainName": "local"}

func parseOptions(args []string, getenv func(string) string, stderr io.Writer) (options, error) {
	o := options{faults: faults{}}
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.addr, "addr", "localhost:8080", "`address` to listen on; whoever can connect may use it")
	flags.BoolVar(&o.demo, "demo", true, "start with the demo users and, in memory, the demo items")
	flags.StringVar(&o.dynamodb, "dynamodb", "", "keep tables in the DynamoDB at this `URL`, not in memory")
	flags.StringVar(&o.opensearch, "opensearch", "", "keep and search items in the OpenSearch at this `URL`, not in memory")
	flags.StringVar(&o.file, "template", "", "run what this `file` declares, not the first template.yaml in this directory or above it")
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
	if err := o.readTemplate(getenv, stderr); err != nil {
		return o, err
	}
	return o, o.faults.check(o.template.Functions)
}

// readTemplate resolves the template. Variables that functions get from a parameter or a table can be set in the environment
// or in .env.
func (o *options) readTemplate(getenv func(string) string, stderr io.Writer) error {
	document, err := o.loadTemplate()
	if err != nil {
		return err
	}
	values := maps.Clone(parameters)
	if o.template, err = document.Resolve(values); err != nil {
		return err
	}
	variables := o.template.Variables()
	names := slices.Collect(maps.Keys(variables))
	if !slices.Contains(names, logLevel) {
		names = append(names, logLevel) // of the runner itself
	}
	slices.Sort(names)
	file, warnings, err := readDotEnv(".env", names)
	if err != nil {
		return err
	}
	for _, warning := range warnings {
		fmt.Fprintln(stderr, "local:", warning)
	}
	lookup := func(name string) string { return cmp.Or(getenv(name), file[name]) }
	for name, v := range variables {
		values[v.ID] = cmp.Or(lookup(name), v.Value)
	}
	env := lambdaenv.New(lookup)
	if o.logLevel = env.LogLevel(); env.Err() != nil {
		return env.Err()
	}
	o.template, err = document.Resolve(values)
	return err
}

const logLevel = "LOG_LEVEL"

func (o *options) loadTemplate() (*template.Document, error) {
	if o.file != "" {
		document, err := template.Load(o.file)
		if err != nil {
			return nil, fmt.Errorf("-template %s: %w", o.file, err)
		}
		return document, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if o.file, err = template.Find(dir); err != nil {
		return nil, err
	}
	return template.Load(o.file)
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
