// Command ops restores, copies, exports and erases the data of a deployed stack. The script testdata/ops calls it with the
// names of the stack's resources in the environment. It is not deployed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
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
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills the process
	err := run(ctx, os.Args[1:], tool{env: lambdaenv.New(os.Getenv), in: os.Stdin, out: os.Stdout, progress: os.Stderr})
	var tooEarly *people.TooEarlyError
	switch {
	case errors.As(err, &tooEarly):
		fmt.Fprintln(os.Stderr, "ops: not finished:", err)
		os.Exit(exitTooEarly)
	case err != nil:
		fmt.Fprintln(os.Stderr, "ops:", err)
		os.Exit(1)
	}
}

// exitTooEarly is the exit status of a run that has to be repeated later: EX_TEMPFAIL of sysexits.h.
const exitTooEarly = 75

// tool is the environment of a command.
type tool struct {
	env           *lambdaenv.Env
	in            io.Reader
	out, progress io.Writer
}

func (t tool) logf(format string, args ...any) { fmt.Fprintf(t.progress, format+"\n", args...) }

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

// userID prints the user id of the account with a sub.
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
	return fmt.Errorf("want a command: %s", strings.Join(slices.Sorted(maps.Keys(commands)), ", "))
}

// argument returns the only argument of a command.
func argument(args []string, what string) (string, error) {
	if len(args) != 1 || args[0] == "" {
		return "", fmt.Errorf("want one argument: %s", what)
	}
	return args[0], nil
}
