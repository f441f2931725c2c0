package dynamousers_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/domain"
	"rental.example/domain/user"
)

// readStream reads n records of a table's stream, in the form of Lambda.
func readStream(t *testing.T, url string, client *dynamodb.Client, table string, n int) (records []map[string]any) {
	t.Helper()
	described, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		t.Fatal(err)
	}
	streams, arn := dynamodbstreams.NewFromConfig(dynamotest.Config(url)), described.Table.LatestStreamArn
	stream, err := streams.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	if err != nil {
		t.Fatal(err)
	}
	for _, shard := range stream.StreamDescription.Shards {
		from, err := streams.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{
			StreamArn: arn, ShardId: shard.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		})
		if err != nil {
			t.Fatal(err)
		}
		for next := from.ShardIterator; next != nil && len(records) < n; {
			out, err := streams.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: next})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range out.Records {
				records = append(records, lambdaRecord(t, r))
			}
			next = out.NextShardIterator
		}
	}
	return records
}

func lambdaRecord(t *testing.T, r types.Record) map[string]any {
	t.Helper()
	change := map[string]any{
		"Keys": lambdaItem(t, r.Dynamodb.Keys), "SequenceNumber": aws.ToString(r.Dynamodb.SequenceNumber),
		"StreamViewType": string(r.Dynamodb.StreamViewType),
	}
	if r.Dynamodb.NewImage != nil {
		change["NewImage"] = lambdaItem(t, r.Dynamodb.NewImage)
	}
	if r.Dynamodb.OldImage != nil {
		change["OldImage"] = lambdaItem(t, r.Dynamodb.OldImage)
	}
	return map[string]any{
		"eventID": aws.ToString(r.EventID), "eventName": string(r.EventName), "eventSource": aws.ToString(r.EventSource),
		"dynamodb": change,
	}
}

func lambdaItem(t *testing.T, item map[string]types.AttributeValue) map[string]any {
	t.Helper()
	image := make(map[string]any)
	for name, a := range item {
		switch a := a.(type) {
		case *types.AttributeValueMemberS:
			image[name] = map[string]any{"S": a.Value}
		case *types.AttributeValueMemberN:
			image[name] = map[string]any{"N": a.Value}
		case *types.AttributeValueMemberBOOL:
			image[name] = map[string]any{"BOOL": a.Value}
		default:
			t.Errorf("%s is a %T", name, a)
		}
	}
	return image
}

// TestStreamRecords makes each kind of write, and compares the records of an engine's stream with ParseUserChange and
// UserChange.Record.
func TestStreamRecords(t *testing.T) {
	t.Parallel()
	url := dynamotest.Endpoint(t)
	client := dynamo.NewClient(dynamotest.Config(url))
	table := dynamotest.NewTable(t, client, dynamousers.Schema)
	states, kinds := writeAll(t, dynamousers.New(client, table))
	if _, err := client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: attributes{"id": text(string(someone))}}); err != nil {
		t.Fatal(err)
	}
	states, kinds = append(states, user.Record{}), append(kinds, user.Deleted)
	records := readStream(t, url, client, table, len(kinds))
	if len(records) != len(kinds) {
		t.Fatalf("%d records, want %d", len(records), len(kinds))
	}
	for i, record := range records {
		raw, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		got, err := dynamousers.ParseChange(raw)
		want := dynamousers.Change{EventID: got.EventID, SequenceNumber: got.SequenceNumber, Before: states[i], After: states[i+1]}
		if diff := cmp.Diff(want, got); diff != "" || err != nil || got.EventID == "" {
			t.Errorf("write %d: %v (-want +got):\n%s", i, err, diff)
		}
		if e, ok := user.ChangeEvent(got.Before, got.After); !ok || e.Kind != kinds[i] || e.Version < got.After.Version() {
			t.Errorf("write %d: event %+v, want kind %s", i, e, kinds[i])
		}
		example := dynamotest.Tree(t, recordOf(t, want))
		for name := range example {
			if name != "dynamodb" && record[name] == nil {
				delete(example, name) // added by Lambda
			}
		}
		change := example["dynamodb"].(map[string]any)
		delete(change, "ApproximateCreationDateTime")
		delete(change, "SizeBytes") // engines count differently
		if diff := cmp.Diff(record, example); diff != "" {
			t.Errorf("write %d (-engine +Record):\n%s", i, diff)
		}
	}
}

// writeAll creates a profile, updates, bumps, deletes, bumps and creates it again. It returns the records before, between
// and after the writes, and the kind of event of each.
func writeAll(t *testing.T, store *dynamousers.Store) (states []user.Record, kinds []user.EventKind) {
	t.Helper()
	states = append(states, user.Record{})
	add := func(kind user.EventKind, r user.Record, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		states, kinds = append(states, r), append(kinds, kind)
	}
	save := func(kind user.EventKind, p user.Profile) {
		saved, _, err := store.Save(t.Context(), p, domain.Condition{})
		after := user.Record{Profile: &saved}
		if before := states[len(states)-1]; before.Tombstone != nil {
			after.LastDeleted, after.Deletions = before.Tombstone.Version, before.Deletions
		}
		add(kind, after, err)
	}
	bump := func(kind user.EventKind, after time.Duration) {
		s := domain.Stamp{Time: noon.Add(after), RequestID: "request-" + after.String()}
		bumped, err := store.BumpVersion(t.Context(), states[len(states)-1], s)
		add(kind, bumped, err)
	}
	save(user.Created, profileAt(t, someone, noon, "request-1"))
	changed := profileAt(t, someone, noon.Add(time.Second), "")
	changed.Name, changed.Ratings, changed.Type, changed.EmailVerified = strings.Repeat("é<&>\"", 20), 0.1, user.Rentee, false
	save(user.Updated, changed)
	bump(user.Updated, time.Hour)
	tombstone, err := store.Delete(t.Context(), someone, domain.Condition{}, domain.Stamp{Time: noon.Add(2 * time.Hour), RequestID: "request-4"})
	add(user.Deleted, user.Record{Tombstone: &tombstone, Deletions: user.Deletions{}.Next(noon)}, err)
	bump(user.Deleted, 3*time.Hour)
	recreated := profileAt(t, someone, noon, "request-6")
	recreated.Ratings = 0
	save(user.Created, recreated)
	return states, kinds
}
