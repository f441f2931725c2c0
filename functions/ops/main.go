// Command ops is the part of testdata/ops that a shell is too little for: it restores, copies and erases what a
// deployed stack holds. testdata/ops calls it, with the names of the stack's resources in the environment. It is
// deployed nowhere.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"rental.example/adapters/lambdaenv"
	"rental.example/domain"
	"rental.example/functions/ops/people"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from then on, Ctrl-C is the system's own
	err := run(ctx, os.Args[1:], tool{env: lambdaenv.New(os.Getenv), in: os.Stdin, out: os.Stdout, progress: os.Stderr})
	var early *people.TooEarlyError
	switch {
	case errors.As(err, &early):
		fmt.Fprintln(os.Stderr, "ops: not finished:", err)
		os.Exit(exitTooEarly)
	case err != nil:
		fmt.Fprintln(os.Stderr, "ops:", err)
		os.Exit(1)
	}
}

// exitTooEarly is the status of a run that has to be repeated later: EX_TEMPFAIL of sysexits.h.
const exitTooEarly = 75

// tool is what commands work with.
type tool struct {
	env           *lambdaenv.Env
	in            io.Reader
	out, progress io.Writer
}

func (t tool) logf(format string, args ...any) { fmt.Fprintf(t.progress, format+"\n", args...) }

// commands are all, by name.
var commands = map[string]func(ctx context.Context, t tool, args []string) error{
	"snapshots":          snapshots,
	"snapshot":           takeSnapshot,
	"register-snapshots": registerSnapshots,
	"restore-items":      restoreItems,
	"reindex":            reindex,
	"unblock":            unblock,
	"drop-index":         dropIndex,
	"restore-users":      restoreUsers,
	"forget":             forget,
	"export":             export,
	"user-id":            userID,
}

// userID prints the id of the user whose account in the pool has the sub that is given.
func userID(_ context.Context, t tool, args []string) error {
	sub, err := argument(args, "the sub of an account")
	if err == nil {
		_, err = fmt.Fprintln(t.out, domain.UserIDOf(sub))
	}
	return err
}

func run(ctx context.Context, args []string, t tool) error {
	if len(args) > 0 {
		if command, ok := commands[args[0]]; ok {
			return command(ctx, t, args[1:])
		}
	}
	var names []string
	for name := range commands {
		names = append(names, name)
	}
	slices.Sort(names)
	return fmt.Errorf("want a command: %s", strings.Join(names, ", "))
}

// argument is the one argument of a command.
func argument(args []string, what string) (string, error) {
	if len(args) != 1 || args[0] == "" {
		return "", fmt.Errorf("want one argument: %s", what)
	}
	return args[0], nil
}
