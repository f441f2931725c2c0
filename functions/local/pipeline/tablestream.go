package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// How often a stream is asked. Lambda asks a shard four times a second.
const (
	pollInterval  = 250 * time.Millisecond
	shardInterval = 10 * time.Second // for new shards, beside when one ends
	troublePause  = time.Second
)

// StreamsAPI is what a TableStream needs of a *dynamodbstreams.Client.
type StreamsAPI interface {
	DescribeStream(context.Context, *dynamodbstreams.DescribeStreamInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.DescribeStreamOutput, error)
	GetShardIterator(context.Context, *dynamodbstreams.GetShardIteratorInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error)
	GetRecords(context.Context, *dynamodbstreams.GetRecordsInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error)
}

var _ StreamsAPI = (*dynamodbstreams.Client)(nil)

// TableStream is the stream of a table in DynamoDB. It is read from its oldest record on: that is the
// mapping's starting position, and nothing remembers how far an earlier run has come. So the changes of the last
// day are told again at every start, which who hears of them must bear anyway.
//
// A table that is deleted and made again, as in an engine that comes back empty, has another stream. It is found once
// the old one cannot be described any more, and is read from its oldest record on, too.
type TableStream struct {
	client   StreamsAPI
	arn      string // of the first stream
	locate   func(context.Context) (string, error)
	logger   *slog.Logger
	troubled bool // the last call in Follow failed, and that has been logged
}

var _ Source = (*TableStream)(nil)

// NewTableStream makes the Source for the stream of that ARN. locate returns the ARN of the table's present stream;
// without it there is no other one.
func NewTableStream(client StreamsAPI, arn string, locate func(context.Context) (string, error), logger *slog.Logger) *TableStream {
	return &TableStream{client: client, arn: arn, locate: locate, logger: logger}
}

// ARN implements Source.
func (t *TableStream) ARN() string { return t.arn }

// Waiting implements Source. The service does not tell.
func (t *TableStream) Waiting() (int, time.Time) { return 0, time.Time{} }

// Follow implements Source.
func (t *TableStream) Follow(ctx context.Context, feed func(context.Context, Shard)) {
	var reading sync.WaitGroup
	defer reading.Wait()
	ended := make(chan *tableShard)
	arn, unread := t.arn, map[string]bool{} // of the shards seen so far: not read to the end yet
	for ctx.Err() == nil {
		shards, err := t.shards(ctx, arn)
		pause := shardInterval
		if t.log(ctx, err); err != nil {
			pause = troublePause
		}
		if now, err := t.moved(ctx, arn, err); err == nil && now != arn {
			arn, unread = now, map[string]bool{}
			continue
		}
		for _, id := range ready(shards, unread) {
			shard := &tableShard{stream: t, arn: arn, id: id}
			reading.Go(func() {
				feed(ctx, shard)
				select {
				case ended <- shard:
				case <-ctx.Done():
				}
			})
		}
		select {
		case shard := <-ended:
			if shard.arn == arn {
				unread[shard.id] = false
			}
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// log reports the first of several errors in a row.
func (t *TableStream) log(ctx context.Context, err error) {
	if err != nil && !t.troubled && ctx.Err() == nil {
		t.logger.Error("stream cannot be described", "error", err)
	}
	t.troubled = err != nil
}

// moved is the ARN of the stream to read: another one if err says that there is none of that ARN.
func (t *TableStream) moved(ctx context.Context, arn string, err error) (string, error) {
	if !isGone(err) || t.locate == nil {
		return arn, nil
	}
	return t.locate(ctx)
}

func isGone(err error) bool {
	var gone *types.ResourceNotFoundException
	return errors.As(err, &gone)
}

// ready returns the new shards whose parents are read to the end, or gone, and adds them to the unread ones.
func ready(shards []types.Shard, unread map[string]bool) (ids []string) {
	fresh := map[string]bool{}
	for _, s := range shards {
		id := aws.ToString(s.ShardId)
		if _, seen := unread[id]; !seen {
			fresh[id] = true
		}
	}
	for _, s := range shards {
		id, parent := aws.ToString(s.ShardId), aws.ToString(s.ParentShardId)
		if fresh[id] && !fresh[parent] && !unread[parent] {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		unread[id] = true
	}
	return ids
}

// shards are those that the stream has at present.
func (t *TableStream) shards(ctx context.Context, arn string) (shards []types.Shard, err error) {
	in := &dynamodbstreams.DescribeStreamInput{StreamArn: &arn}
	for {
		out, err := t.client.DescribeStream(ctx, in)
		if err != nil {
			return nil, err
		}
		shards = append(shards, out.StreamDescription.Shards...)
		if in.ExclusiveStartShardId = out.StreamDescription.LastEvaluatedShardId; in.ExclusiveStartShardId == nil {
			return shards, nil
		}
	}
}

// tableShard reads one shard of a stream.
type tableShard struct {
	stream   *TableStream
	arn      string // of the stream
	id       string
	iterator *string // nil: to be asked for
	last     string  // sequence number of the last record read; empty before the first
	troubled bool    // the last call failed, and that has been told
}

// ID implements Shard.
func (s *tableShard) ID() string { return s.id }

// Read implements Shard. Trouble with the service is waited out; a stream that is gone has ended.
func (s *tableShard) Read(ctx context.Context, limit int) ([]Record, error) {
	for {
		records, err := s.poll(ctx, limit)
		if isGone(err) {
			err = io.EOF
		}
		if len(records) > 0 || errors.Is(err, io.EOF) {
			return records, err
		}
		pause := pollInterval
		if s.troubled = err != nil; s.troubled {
			pause = troublePause
		}
		if !sleep(ctx, pause) {
			return nil, ctx.Err()
		}
	}
}

func (s *tableShard) poll(ctx context.Context, limit int) ([]Record, error) {
	err := s.locate(ctx)
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	size := int32(min(limit, 1000)) // GetRecords gives no more
	out, err := s.stream.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: s.iterator, Limit: &size})
	if err != nil {
		return nil, s.tell(ctx, s.lose(err))
	}
	records := make([]Record, 0, len(out.Records))
	for _, r := range out.Records {
		record, err := newRecord(s.arn, r)
		if err != nil {
			return nil, s.tell(ctx, err)
		}
		records, s.last = append(records, record), record.Sequence
	}
	if s.iterator = out.NextShardIterator; s.iterator == nil && len(records) == 0 {
		return nil, io.EOF
	}
	return records, nil
}

// locate asks for an iterator, where there is none, behind what has been read.
func (s *tableShard) locate(ctx context.Context) error {
	if s.iterator != nil {
		return nil
	}
	in := &dynamodbstreams.GetShardIteratorInput{StreamArn: &s.arn, ShardId: &s.id, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}
	if s.last != "" {
		in.ShardIteratorType, in.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &s.last
	}
	out, err := s.stream.client.GetShardIterator(ctx, in)
	if err != nil {
		return s.lose(err)
	}
	s.iterator = out.ShardIterator
	return nil
}

// lose forgets an iterator that has expired, which it does after a quarter of an hour, and a place in the stream
// whose records are gone.
func (s *tableShard) lose(err error) error {
	var expired *types.ExpiredIteratorException
	var trimmed *types.TrimmedDataAccessException
	if errors.As(err, &expired) || errors.As(err, &trimmed) {
		s.iterator = nil
	}
	if errors.As(err, &trimmed) {
		s.last = ""
	}
	return err
}

// tell logs the first of several errors in a row.
func (s *tableShard) tell(ctx context.Context, err error) error {
	if !s.troubled && ctx.Err() == nil {
		s.stream.logger.Error("stream cannot be read", "shard", s.id, "error", err)
	}
	return fmt.Errorf("shard %s: %w", s.id, err)
}
