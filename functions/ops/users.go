package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/adapters/snssqs"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/functions/ops/people"
)

func (t tool) erasures() (*people.Erasures, error) {
	name, config := t.env.Required("ERASURES_TABLE"), t.env.AWS("DYNAMODB")
	return people.NewErasures(dynamo.NewClient(config), name), t.env.Err()
}

func restoreUsers(ctx context.Context, t tool, args []string) error {
	flags := t.flags("restore-users")
	old := flags.Bool("old", false, "accept a backup from before the oldest tombstone")
	if err := flags.Parse(args); err != nil {
		return err
	}
	source, err := argument(flags.Args(), "the table that a backup was restored into")
	if err != nil {
		return err
	}
	live, erasures := t.env.Required("USERS_TABLE"), t.env.Required("ERASURES_TABLE")
	client := dynamo.NewClient(t.env.AWS("DYNAMODB"))
	if err := t.env.Err(); err != nil {
		return err
	}
	if source == live {
		return fmt.Errorf("%s is the table in use: name the one that a backup was restored into", source)
	}
	if err := checkAge(ctx, client, source, time.Now(), *old); err != nil {
		return err
	}
	erased, err := people.NewErasures(client, erasures).All(ctx)
	if err != nil {
		return err
	}
	result, err := people.RestoreUsers(ctx, people.RestoreConfig{
		Source: dynamousers.New(client, source), Live: dynamousers.New(client, live), Erased: erased, Now: time.Now(), Logf: t.logf,
	})
	fmt.Fprintln(t.out, result)
	if err != nil {
		return fmt.Errorf("%w; it is safe to run this again", err)
	}
	t.logf("now run republish with RAISE=true, which updates all owners of items")
	return nil
}

// checkAge rejects a backup older than user.TombstoneLife, unless that is accepted: a profile whose tombstone has expired
// since would come back.
func checkAge(ctx context.Context, client *dynamodb.Client, table string, now time.Time, accepted bool) error {
	out, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		return err
	}
	backup := out.Table.RestoreSummary
	if accepted || backup == nil || backup.RestoreDateTime == nil || now.Sub(*backup.RestoreDateTime) < user.TombstoneLife {
		return nil
	}
	return fmt.Errorf("%s is of %s, and tombstones expire after %.0f days: profiles that were deleted in between could "+
		"come back. Accept that with OLD=true", table, backup.RestoreDateTime.Format(time.RFC3339), user.TombstoneLife.Hours()/24)
}

// deadLetterQueues returns the dead-letter queues by name, from a list of NAME=URL, separated by spaces.
func (t tool) deadLetterQueues() (map[string]people.DeadLetterQueue, error) {
	client := snssqs.NewLongPollClient(t.env.AWS("SQS"))
	found := map[string]people.DeadLetterQueue{}
	for _, queue := range strings.Fields(t.env.Required("DEAD_LETTER_QUEUES")) {
		name, url, ok := strings.Cut(queue, "=")
		if !ok {
			return nil, errors.New("DEAD_LETTER_QUEUES: want NAME=URL, separated by spaces")
		}
		found[name] = people.DeadLetterQueue{Client: client, URL: url}
	}
	return found, nil
}

func (t tool) stores() (s people.Stores, err error) {
	client := dynamo.NewClient(t.env.AWS("DYNAMODB"))
	s.Users = dynamousers.New(client, t.env.Required("USERS_TABLE"))
	s.Erasures = people.NewErasures(client, t.env.Required("ERASURES_TABLE"))
	if s.DeadLetterQueues, err = t.deadLetterQueues(); err != nil {
		return s, err
	}
	if t.env.Optional("OPEN_SEARCH_END_POINT", "") != "" {
		if s.Indices, err = t.admin(nil); err != nil {
			return s, err
		}
	}
	return s, t.env.Err()
}

// person parses the arguments ID [EMAIL].
func person(args []string) (people.Person, error) {
	if len(args) < 1 || len(args) > 2 {
		return people.Person{}, errors.New("want a user's id and, if known, their e-mail")
	}
	if _, err := domain.ParseUserID(args[0]); err != nil {
		return people.Person{}, fmt.Errorf("invalid user id %q: want a UUID in lower case", args[0])
	}
	return people.Person{ID: args[0], Email: strings.Join(args[1:], "")}, nil
}

const (
	eventPoll  = 2 * time.Second
	eventLimit = 10 * time.Minute
)

func forget(ctx context.Context, t tool, args []string) error {
	flags := t.flags("forget")
	enabled := flags.Bool("enabled", false, "the user could sign in until now")
	if err := flags.Parse(args); err != nil {
		return err
	}
	p, err := person(flags.Args())
	if err != nil {
		return err
	}
	stores, err := t.stores()
	if err != nil {
		return err
	}
	return people.EraseUser(ctx, people.EraseConfig{
		Stores: stores, Person: p, Enabled: *enabled, Now: time.Now, Poll: eventPoll, Limit: eventLimit, Logf: t.logf,
	})
}

// export reads the account from standard input, as the user pool describes it, or null.
func export(ctx context.Context, t tool, args []string) error {
	p, err := person(args)
	if err != nil {
		return err
	}
	account, err := io.ReadAll(t.in)
	if err != nil {
		return err
	}
	if !json.Valid(account) {
		return errors.New("the account on standard input is not JSON")
	}
	stores, err := t.stores()
	if err != nil {
		return err
	}
	data, err := stores.Export(ctx, p, account, time.Now())
	if err != nil {
		return err
	}
	e := json.NewEncoder(t.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(data)
}
