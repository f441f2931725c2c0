package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/google/go-cmp/cmp"
)

// service is a fake of the Streams API. Its iterators are "shard/index".
type service struct {
	mu        sync.Mutex
	shards    []types.Shard
	records   map[string][]types.Record
	ended     map[string]bool
	errs      []error // of the next calls of GetRecords
	requested []string
	arn       string // of the only stream; empty: any
}

// find fails if the stream does not exist.
func (s *service) find(arn *string) error {
	if s.arn != "" && *arn != s.arn {
		return &types.ResourceNotFoundException{}
	}
	return nil
}

func (s *service) DescribeStream(_ context.Context, in *dynamodbstreams.DescribeStreamInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.DescribeStreamOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.find(in.StreamArn); err != nil {
		return nil, err
	}
	at := 0 // a page holds one shard
	for i, shard := range s.shards {
		if aws.ToString(in.ExclusiveStartShardId) == *shard.ShardId {
			at = i + 1
		}
	}
	out := &types.StreamDescription{Shards: s.shards[at : at+1]}
	if at+1 < len(s.shards) {
		out.LastEvaluatedShardId = s.shards[at].ShardId
	}
	return &dynamodbstreams.DescribeStreamOutput{StreamDescription: out}, nil
}

func (s *service) GetShardIterator(_ context.Context, in *dynamodbstreams.GetShardIteratorInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.find(in.StreamArn); err != nil {
		return nil, err
	}
	s.requested = append(s.requested, fmt.Sprint(*in.ShardId, " ", in.ShardIteratorType, " ", aws.ToString(in.SequenceNumber)))
	at := 0
	for i, r := range s.records[*in.ShardId] {
		if aws.ToString(in.SequenceNumber) == *r.Dynamodb.SequenceNumber {
			at = i + 1
		}
	}
	return &dynamodbstreams.GetShardIteratorOutput{ShardIterator: aws.String(fmt.Sprint(*in.ShardId, "/", at))}, nil
}

func (s *service) GetRecords(_ context.Context, in *dynamodbstreams.GetRecordsInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.errs) > 0 {
		err := s.errs[0]
		s.errs = s.errs[1:]
		return nil, err
	}
	shard, index, _ := strings.Cut(*in.ShardIterator, "/")
	var at int
	_, _ = fmt.Sscan(index, &at)
	end := min(at+int(*in.Limit), len(s.records[shard]))
	out := &dynamodbstreams.GetRecordsOutput{Records: s.records[shard][at:end]}
	if end < len(s.records[shard]) || !s.ended[shard] {
		out.NextShardIterator = aws.String(fmt.Sprint(shard, "/", end))
	}
	return out, nil
}

func record(sequence string) types.Record {
	return types.Record{EventID: aws.String("e" + sequence), EventName: types.OperationTypeInsert, Dynamodb: &types.StreamRecord{
		SequenceNumber: &sequence, ApproximateCreationDateTime: aws.Time(time.Unix(1, 0)),
	}}
}

func (s *service) put(shard string, sequences ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sequence := range sequences {
		s.records[shard] = append(s.records[shard], record(sequence))
	}
}

func (s *service) split(parent, child string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shards = append(s.shards, types.Shard{ShardId: &child, ParentShardId: &parent})
}

// TestTableStream: shards are read from the beginning, children after parents. After errors no record is missing or read
// twice.
func TestTableStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &service{records: map[string][]types.Record{}, ended: map[string]bool{"s1": true},
			shards: []types.Shard{{ShardId: aws.String("s1"), ParentShardId: aws.String("gone")}}}
		api.put("s1", "1", "2", "3")
		api.split("s1", "s2")
		api.put("s2", "4")
		var log strings.Builder
		stream := NewTableStream(api, "arn", nil, slog.New(slog.NewTextHandler(&log, nil)))
		var got []string
		end := follow(t, stream, func(shard Shard, r Record) { got = append(got, shard.ID()+":"+r.Sequence) })
		time.Sleep(time.Minute)
		api.mu.Lock()
		api.errs = []error{errors.New("throttled"), errors.New("throttled"), &types.ExpiredIteratorException{}}
		api.mu.Unlock()
		api.put("s2", "5", "6", "7")
		time.Sleep(time.Minute)
		api.split("s2", "s3")
		api.put("s3", "8")
		api.mu.Lock()
		api.ended["s2"] = true
		api.mu.Unlock()
		time.Sleep(time.Minute)
		end()
		if diff := cmp.Diff([]string{"s1:1", "s1:2", "s1:3", "s2:4", "s2:5", "s2:6", "s2:7", "s3:8"}, got); diff != "" {
			t.Errorf("records (-want +got):\n%s", diff)
		}
		want := []string{"s1 TRIM_HORIZON ", "s1 AFTER_SEQUENCE_NUMBER 3", "s2 TRIM_HORIZON ", "s2 AFTER_SEQUENCE_NUMBER 4", "s3 TRIM_HORIZON "}
		if diff := cmp.Diff(want, api.requested); diff != "" {
			t.Errorf("iterators (-want +got):\n%s", diff)
		}
		if n := strings.Count(log.String(), "cannot read stream"); n != 1 {
			t.Errorf("error was logged %d times:\n%s", n, log.String())
		}
	})
}

// follow reads all shards of a stream, two records at a time, until end is called.
func follow(t *testing.T, stream *TableStream, read func(Shard, Record)) (end func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		stream.Follow(ctx, func(ctx context.Context, shard Shard) {
			for {
				records, err := shard.Read(ctx, 2)
				if err != nil {
					return
				}
				for _, r := range records {
					read(shard, r)
				}
			}
		})
		close(done)
	}()
	return func() {
		cancel()
		<-done
	}
}

// TestRecreatedTable: the stream of a recreated table is read from the beginning, though its shard has the same name.
func TestRecreatedTable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &service{arn: "arn:1", records: map[string][]types.Record{}, shards: []types.Shard{{ShardId: aws.String("s1")}}}
		api.put("s1", "1")
		var log strings.Builder
		stream := NewTableStream(api, "arn:1", func(context.Context) (string, error) {
			api.mu.Lock()
			defer api.mu.Unlock()
			if api.arn == "arn:none" {
				return "", errors.New("no table")
			}
			return api.arn, nil
		}, slog.New(slog.NewTextHandler(&log, nil)))
		var got []string
		end := follow(t, stream, func(_ Shard, r Record) { got = append(got, r.Sequence) })
		time.Sleep(time.Minute)
		api.mu.Lock()
		api.arn, api.records["s1"] = "arn:none", nil
		api.errs = []error{&types.ResourceNotFoundException{}}
		api.mu.Unlock()
		time.Sleep(time.Minute)
		api.mu.Lock()
		api.arn = "arn:2"
		api.mu.Unlock()
		api.put("s1", "2")
		start := time.Now()
		time.Sleep(3 * time.Second)
		end()
		if diff := cmp.Diff([]string{"1", "2"}, got); diff != "" {
			t.Errorf("records after %v (-want +got):\n%s\n%s", time.Since(start), diff, log.String())
		}
		if n := strings.Count(log.String(), "cannot describe stream"); n != 1 {
			t.Errorf("error was logged %d times:\n%s", n, log.String())
		}
	})
}

// TestTableRecord: a record of the API is converted to the JSON of Lambda.
func TestTableRecord(t *testing.T) {
	t.Parallel()
	s := func(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
	at := time.Unix(1480642020, 5e8)
	got, err := newTableRecord("arn:stream", types.Record{
		AwsRegion: aws.String("local"), EventID: aws.String("e1"), EventName: types.OperationTypeModify,
		EventSource: aws.String("aws:dynamodb"), EventVersion: aws.String("1.1"),
		UserIdentity: &types.Identity{Type: aws.String("Service"), PrincipalId: aws.String("dynamodb.amazonaws.com")},
		Dynamodb: &types.StreamRecord{
			ApproximateCreationDateTime: &at, SequenceNumber: aws.String("100"), SizeBytes: aws.Int64(54),
			StreamViewType: types.StreamViewTypeNewAndOldImages, Keys: map[string]types.AttributeValue{"id": s("u1")},
			OldImage: map[string]types.AttributeValue{
				"n": &types.AttributeValueMemberN{Value: "1.50"}, "b": &types.AttributeValueMemberB{Value: []byte("x")},
				"t": &types.AttributeValueMemberBOOL{Value: true}, "z": &types.AttributeValueMemberNULL{Value: true},
				"ss": &types.AttributeValueMemberSS{Value: []string{"a"}}, "ns": &types.AttributeValueMemberNS{Value: []string{"1"}},
				"bs": &types.AttributeValueMemberBS{Value: [][]byte{[]byte("x")}}, "l": &types.AttributeValueMemberL{Value: []types.AttributeValue{s("a")}},
				"m": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"k": s("v")}}, "em": &types.AttributeValueMemberM{},
			},
		},
	})
	if err != nil || got.Sequence != "100" || !got.Arrived.Equal(at) {
		t.Fatalf("%+v, %v", got, err)
	}
	const want = `{"eventID":"e1","eventName":"MODIFY","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"us-east-1",
		"dynamodb":{"ApproximateCreationDateTime":1480642020,"Keys":{"id":{"S":"u1"}},
		"OldImage":{"n":{"N":"1.50"},"b":{"B":"eA=="},"t":{"BOOL":true},"z":{"NULL":true},"ss":{"SS":["a"]},"ns":{"NS":["1"]},
		"bs":{"BS":["eA=="]},"l":{"L":[{"S":"a"}]},"m":{"M":{"k":{"S":"v"}}},"em":{"M":{}}},
		"SequenceNumber":"100","SizeBytes":54,"StreamViewType":"NEW_AND_OLD_IMAGES"},
		"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},"eventSourceARN":"arn:stream"}`
	var wanted, gotten any
	if err := errors.Join(json.Unmarshal([]byte(want), &wanted), json.Unmarshal(got.Data, &gotten)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wanted, gotten); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTrimmed: after records were trimmed, reading continues with the oldest record.
func TestTrimmed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &service{records: map[string][]types.Record{}}
		api.put("s1", "1")
		shard := &tableShard{stream: NewTableStream(api, "arn", nil, slog.New(slog.DiscardHandler)), id: "s1"}
		for _, want := range []string{"1", "9"} {
			got, err := shard.Read(t.Context(), 10)
			if err != nil || len(got) != 1 || got[0].Sequence != want {
				t.Fatalf("%+v, %v, want %s", got, err, want)
			}
			api.errs, api.records["s1"] = []error{&types.TrimmedDataAccessException{}}, nil
			api.put("s1", "9")
		}
		if want := []string{"s1 TRIM_HORIZON ", "s1 TRIM_HORIZON "}; cmp.Diff(want, api.requested) != "" {
			t.Errorf("iterators: %q, want %q", api.requested, want)
		}
	})
}
