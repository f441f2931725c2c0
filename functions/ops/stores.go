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
	done, err := people.RestoreUsers(ctx, people.RestoreConfig{
		Source: dynamo.NewUsers(client, source), Live: dynamo.NewUsers(client, live), Erased: erased, Now: time.Now(), Logf: t.logf,
	})
	fmt.Fprintln(t.out, done)
	if err != nil {
		return fmt.Errorf("%w; it may be run again", err)
	}
	t.logf("now run republish with RAISE=true: items then know of every profile as it is")
	return nil
}

// checkAge refuses a backup that is older than tombstones live, unless that is accepted: who has deleted their own
// profile after it would come back, since nothing remembers that.
func checkAge(ctx context.Context, client *dynamodb.Client, table string, now time.Time, accepted bool) error {
	out, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		return err
	}
	of := out.Table.RestoreSummary
	if accepted || of == nil || of.RestoreDateTime == nil || now.Sub(*of.RestoreDateTime) < user.TombstoneLife {
		return nil
	}
	return fmt.Errorf("%s is of %s, and tombstones are kept for %.0f days: profiles that their owners deleted between would "+
		"come back. Accept that with OLD=true", table, of.RestoreDateTime.Format(time.RFC3339), user.TombstoneLife.Hours()/24)
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
	s.Users = dynamo.NewUsers(client, t.env.Required("USERS_TABLE"))
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

// person reads ID [EMAIL].
func person(args []string) (people.Person, error) {
	if len(args) < 1 || len(args) > 2 {
		return people.Person{}, errors.New("want a user's id and, if it is known, their e-mail")
	}
	if _, err := domain.ParseUserID(args[0]); err != nil {
		return people.Person{}, fmt.Errorf("%q is no user's id: want a UUID in lower case", args[0])
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

// export reads the account, as the user pool describes it, from standard input: null for none.
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
		return errors.New("the account on standard input is no JSON")
	}
	stores, err := t.stores()
	if err != nil {
		return err
	}
	all, err := stores.Export(ctx, p, account, time.Now())
	if err != nil {
		return err
	}
	e := json.NewEncoder(t.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(all)
}
