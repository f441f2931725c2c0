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

// How often a stream is read. Lambda reads a shard four times a second.
const (
	pollInterval  = 250 * time.Millisecond
	shardInterval = 10 * time.Second // for new shards, unless a shard ends earlier
	errorBackoff  = time.Second
)

// StreamsAPI has the methods of *dynamodbstreams.Client that a TableStream calls.
type StreamsAPI interface {
	DescribeStream(context.Context, *dynamodbstreams.DescribeStreamInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.DescribeStreamOutput, error)
	GetShardIterator(context.Context, *dynamodbstreams.GetShardIteratorInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error)
	GetRecords(context.Context, *dynamodbstreams.GetRecordsInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error)
}

var _ StreamsAPI = (*dynamodbstreams.Client)(nil)

// TableStream is the stream of a table in DynamoDB. It reads from the oldest record on: that is the mapping's starting
// position, and checkpoints are not kept. So the changes of the last day are delivered again after every start, which
// consumers must tolerate in any case.
//
// A table that is deleted and created again, as in an engine that restarts empty, has another stream. TableStream looks it
// up when the old one no longer exists, and reads it from the oldest record on, too.
type TableStream struct {
	client  StreamsAPI
	arn     string // of the first stream
	locate  func(context.Context) (string, error)
	logger  *slog.Logger
	failing bool // the last call in Follow failed, and that has been logged
}

var _ Source = (*TableStream)(nil)

// NewTableStream returns the Source for the stream of that ARN. locate returns the ARN of the table's present stream; if it
// is nil, the stream never changes.
func NewTableStream(client StreamsAPI, arn string, locate func(context.Context) (string, error), logger *slog.Logger) *TableStream {
	return &TableStream{client: client, arn: arn, locate: locate, logger: logger}
}

// ARN implements Source.
func (t *TableStream) ARN() string { return t.arn }

// Waiting implements Source. It returns 0, because the service does not report it.
func (t *TableStream) Waiting() (int, time.Time) { return 0, time.Time{} }

// Follow implements Source.
func (t *TableStream) Follow(ctx context.Context, consume func(context.Context, Shard)) {
	var consumers sync.WaitGroup
	defer consumers.Wait()
	ended := make(chan *tableShard)
	arn, unfinished := t.arn, map[string]bool{} // known shards: whether records are left to read
	for ctx.Err() == nil {
		shards, err := t.shards(ctx, arn)
		interval := shardInterval
		if t.log(ctx, err); err != nil {
			interval = errorBackoff
		}
		if current, err := t.currentStream(ctx, arn, err); err == nil && current != arn {
			arn, unfinished = current, map[string]bool{}
			continue
		}
		for _, id := range readyShards(shards, unfinished) {
			shard := &tableShard{stream: t, arn: arn, id: id}
			consumers.Go(func() {
				consume(ctx, shard)
				select {
				case ended <- shard:
				case <-ctx.Done():
				}
			})
		}
		select {
		case shard := <-ended:
			if shard.arn == arn {
				unfinished[shard.id] = false
			}
		case <-time.After(interval):
		case <-ctx.Done():
		}
	}
}

// log logs the first of several consecutive errors.
func (t *TableStream) log(ctx context.Context, err error) {
	if err != nil && !t.failing && ctx.Err() == nil {
		t.logger.Error("cannot describe stream", "error", err)
	}
	t.failing = err != nil
}

// currentStream returns the ARN of the stream to read: another one if err means that this one does not exist.
func (t *TableStream) currentStream(ctx context.Context, arn string, err error) (string, error) {
	if !isNotFound(err) || t.locate == nil {
		return arn, nil
	}
	return t.locate(ctx)
}

func isNotFound(err error) bool {
	var notFound *types.ResourceNotFoundException
	return errors.As(err, &notFound)
}

// readyShards returns the new shards whose parents are finished or gone, and adds them to the unfinished ones.
func readyShards(shards []types.Shard, unfinished map[string]bool) (ids []string) {
	isNew := map[string]bool{}
	for _, s := range shards {
		id := aws.ToString(s.ShardId)
		if _, seen := unfinished[id]; !seen {
			isNew[id] = true
		}
	}
	for _, s := range shards {
		id, parent := aws.ToString(s.ShardId), aws.ToString(s.ParentShardId)
		if isNew[id] && !isNew[parent] && !unfinished[parent] {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		unfinished[id] = true
	}
	return ids
}

// shards returns the present shards of the stream.
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
	iterator *string // nil: to be requested
	last     string  // sequence number of the last record read; empty before the first
	failing  bool    // the last call failed, and that has been logged
}

// ID implements Shard.
func (s *tableShard) ID() string { return s.id }

// Read implements Shard. It retries after errors; a stream that does not exist has ended.
func (s *tableShard) Read(ctx context.Context, limit int) ([]Record, error) {
	for {
		records, err := s.poll(ctx, limit)
		if isNotFound(err) {
			err = io.EOF
		}
		if len(records) > 0 || errors.Is(err, io.EOF) {
			return records, err
		}
		interval := pollInterval
		if s.failing = err != nil; s.failing {
			interval = errorBackoff
		}
		if !sleep(ctx, interval) {
			return nil, ctx.Err()
		}
	}
}

func (s *tableShard) poll(ctx context.Context, limit int) ([]Record, error) {
	err := s.locate(ctx)
	if err != nil {
		return nil, s.logError(ctx, err)
	}
	size := int32(min(limit, 1000)) // the maximum of GetRecords
	out, err := s.stream.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: s.iterator, Limit: &size})
	if err != nil {
		return nil, s.logError(ctx, s.resetIterator(err))
	}
	records := make([]Record, 0, len(out.Records))
	for _, r := range out.Records {
		record, err := newTableRecord(s.arn, r)
		if err != nil {
			return nil, s.logError(ctx, err)
		}
		records, s.last = append(records, record), record.Sequence
	}
	if s.iterator = out.NextShardIterator; s.iterator == nil && len(records) == 0 {
		return nil, io.EOF
	}
	return records, nil
}

// locate requests an iterator, if there is none, after the last record that was read.
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
		return s.resetIterator(err)
	}
	s.iterator = out.ShardIterator
	return nil
}

// resetIterator drops an iterator that has expired, which happens after 15 minutes, and a position whose records are
// trimmed.
func (s *tableShard) resetIterator(err error) error {
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

// logError logs the first of several consecutive errors.
func (s *tableShard) logError(ctx context.Context, err error) error {
	if !s.failing && ctx.Err() == nil {
		s.stream.logger.Error("cannot read stream", "shard", s.id, "error", err)
	}
	return fmt.Errorf("shard %s: %w", s.id, err)
}
