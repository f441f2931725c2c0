package pipeline

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestBatches: records arrive in order, in batches of the batch size.
func TestBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got []string
		var sizes []int
		w := run(t, deployed(), func(ids []string) (string, error) {
			got, sizes = append(got, ids...), append(sizes, len(ids))
			time.Sleep(time.Second) // meanwhile the rest arrives
			return "null", nil
		}, succeed)
		var want []string
		for i := range 250 {
			w.change(t, fmt.Sprint(i))
			want = append(want, fmt.Sprint(i))
			if i == 0 {
				synctest.Wait()
			}
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]int{1, 100, 100, 49}, sizes); diff != "" {
			t.Errorf("batches (-want +got):\n%s", diff)
		}
	})
}

// TestRecordAtEndOfWindow: a record that arrives as the window ends is delivered. Either event may be first.
func TestRecordAtEndOfWindow(t *testing.T) {
	t.Parallel()
	for range 500 {
		synctest.Test(t, func(t *testing.T) {
			windowed := deployed()
			windowed.StreamMappings[0].Window = 5 * time.Second
			var got []string
			w := run(t, windowed, func(ids []string) (string, error) {
				got = append(got, ids...)
				return "", nil
			}, succeed)
			synctest.Wait()
			w.change(t, "a")
			time.Sleep(windowed.StreamMappings[0].Window)
			w.change(t, "b")
			time.Sleep(time.Minute)
			synctest.Wait()
			if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" {
				t.Fatalf("delivered (-want +got):\n%s", diff)
			}
		})
	}
}

// TestStreamResponses: a function's response decides which records are retried, and when.
func TestStreamResponses(t *testing.T) {
	t.Parallel()
	abcd, s := "[a b c d]", time.Second
	tests := map[string]struct {
		first handler // for the first invocation; those after it succeed
		want  []call
	}{
		"no response":     {func([]string) (string, error) { return "", nil }, []call{{abcd, 0}}},
		"null":            {func([]string) (string, error) { return "null", nil }, []call{{abcd, 0}}},
		"no list":         {func([]string) (string, error) { return "{}", nil }, []call{{abcd, 0}}},
		"null for a list": {func([]string) (string, error) { return `{"batchItemFailures":null}`, nil }, []call{{abcd, 0}}},
		"empty list":      {func([]string) (string, error) { return `{"batchItemFailures":[]}`, nil }, []call{{abcd, 0}}},
		"from the third":  {func([]string) (string, error) { return reportFailure(sequence(3)), nil }, []call{{abcd, 0}, {"[c d]", s}}},
		"the lowest counts": {func([]string) (string, error) {
			return fmt.Sprintf(`{"batchItemFailures":[{"itemIdentifier":%q},{"itemIdentifier":%q}]}`, sequence(4), sequence(2)), nil
		}, []call{{abcd, 0}, {"[b c d]", s}}},
		"the first":   {func([]string) (string, error) { return reportFailure(sequence(1)), nil }, []call{{abcd, 0}, {abcd, s}}},
		"unknown id":  {func([]string) (string, error) { return reportFailure("7"), nil }, []call{{abcd, 0}, {"[a b]", s}, {"[c d]", s}}},
		"empty id":    {func([]string) (string, error) { return reportFailure(""), nil }, []call{{abcd, 0}, {"[a b]", s}, {"[c d]", s}}},
		"null id":     {func([]string) (string, error) { return `{"batchItemFailures":[{"itemIdentifier":null}]}`, nil }, []call{{abcd, 0}, {"[a b]", s}, {"[c d]", s}}},
		"another key": {func([]string) (string, error) { return `{"batchItemFailures":[{"id":"x"}]}`, nil }, []call{{abcd, 0}, {"[a b]", s}, {"[c d]", s}}},
		"no JSON":     {func([]string) (string, error) { return "<", nil }, []call{{abcd, 0}, {"[a b]", s}, {"[c d]", s}}},
		"error":       {func([]string) (string, error) { return "", errTest }, []call{{abcd, 0}, {"[a b]", s}, {"[c d]", s}}},
		"panic":       {func([]string) (string, error) { panic("broken") }, []call{{abcd, 0}, {"[a b]", s}, {"[c d]", s}}},
		"timeout": {func([]string) (string, error) { time.Sleep(time.Minute); return "", nil },
			[]call{{abcd, 0}, {"[a b]", 31 * s}, {"[c d]", 31 * s}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var j callLog
				w := run(t, deployed(), func(ids []string) (string, error) {
					if j.add(ids) == 1 {
						return tt.first(ids)
					}
					return "", nil
				}, succeed)
				if err := w.SetPolling(publishFunction, false); err != nil {
					t.Fatal(err)
				}
				for _, id := range []string{"a", "b", "c", "d"} {
					w.change(t, id)
				}
				_ = w.SetPolling(publishFunction, true)
				time.Sleep(time.Hour)
				synctest.Wait()
				if diff := cmp.Diff(tt.want, j.calls); diff != "" {
					t.Errorf("invocations (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestBackoff: the backoff doubles up to a minute, and a failing record blocks the following ones.
func TestBackoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var j callLog
		w := run(t, deployed(), func(ids []string) (string, error) {
			if n := j.add(ids); n <= 9 {
				return "", errTest
			}
			return "", nil
		}, succeed)
		w.change(t, "a")
		synctest.Wait()
		w.change(t, "b")
		time.Sleep(time.Hour)
		synctest.Wait()
		var want []call
		at := time.Duration(0)
		for _, backoff := range []int{0, 1, 2, 4, 8, 16, 32, 60, 60, 60} {
			at += time.Duration(backoff) * time.Second
			want = append(want, call{"[a]", at})
		}
		if diff := cmp.Diff(append(want, call{"[b]", at}), j.calls); diff != "" {
			t.Errorf("invocations (-want +got):\n%s", diff)
		}
	})
}

// TestBisect: one failing record does not block the others of its batch.
func TestBisect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limited := deployed()
		limited.StreamMappings[0].MaxRetries = 2
		var handled []string
		w := run(t, limited, func(ids []string) (string, error) {
			if strings.Contains(strings.Join(ids, " "), "poison") {
				return "", errTest
			}
			handled = append(handled, ids...)
			return "", nil
		}, succeed)
		_ = w.SetPolling(publishFunction, false)
		var want []string
		for i := range 9 {
			if i == 5 {
				w.change(t, "poison")
				continue
			}
			w.change(t, fmt.Sprint(i))
			want = append(want, fmt.Sprint(i))
		}
		_ = w.SetPolling(publishFunction, true)
		time.Sleep(time.Hour)
		synctest.Wait()
		if diff := cmp.Diff(want, handled); diff != "" {
			t.Errorf("handled (-want +got):\n%s", diff)
		}
		checkFailureRecord(t, w, "RetryAttemptsExhausted", 3, sequence(6), sequence(6), "Unhandled")
	})
}

// TestRetriesExhausted: reported failures lead to a failureRecord without functionError.
func TestRetriesExhausted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limited := deployed()
		limited.StreamMappings[0].MaxRetries = 1
		w := run(t, limited, func([]string) (string, error) { return reportFailure(sequence(1)), nil }, succeed)
		w.change(t, "a")
		time.Sleep(time.Hour)
		synctest.Wait()
		checkFailureRecord(t, w, "RetryAttemptsExhausted", 2, sequence(1), sequence(1), "")
	})
}

// TestOutage: after 23 hours all records are published, in order; records older than a day are discarded.
func TestOutage(t *testing.T) {
	t.Parallel()
	for name, outage := range map[string]time.Duration{"23 hours": 23 * time.Hour, "25 hours": 25 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start, got := time.Now(), []string{}
				w := run(t, deployed(), func(ids []string) (string, error) {
					if time.Since(start) < outage {
						return "", errTest
					}
					got = append(got, ids...)
					return "", nil
				}, succeed)
				want := []string{}
				for i := range 300 {
					w.change(t, fmt.Sprint(i))
					if outage < streamRetention || time.Since(start)+streamRetention >= outage {
						want = append(want, fmt.Sprint(i))
					}
					time.Sleep(time.Minute)
					synctest.Wait()
				}
				time.Sleep(30 * time.Hour)
				synctest.Wait()
				if outage < streamRetention {
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("published (-want +got):\n%s", diff)
					}
					if d := w.depth(t, failureQueue); d.Visible != 0 {
						t.Errorf("failure queue: %+v", d)
					}
					return
				}
				q, _ := w.Queue(failureQueue)
				if lost := lostRecords(t, q); lost+len(got) != 300 || lost < 55 || lost > 65 {
					t.Errorf("%d published, %d given up of 300, where an hour's 60 were too old", len(got), lost)
				}
			})
		})
	}
}

func lostRecords(t *testing.T, q *Queue) (lost int) {
	t.Helper()
	for _, m := range q.Peek(1000) {
		var p failureRecord
		if err := json.Unmarshal([]byte(m.Body), &p); err != nil || p.RequestContext.Condition != "RecordAgeExceeded" {
			t.Errorf("position %s: %v", m.Body, err)
		}
		lost += p.Batch.Size
	}
	return lost
}

func checkFailureRecord(t *testing.T, w *testPipeline, condition string, invocations int, start, end, functionError string) {
	t.Helper()
	q, _ := w.Queue(failureQueue)
	messages := q.Peek(10)
	if len(messages) != 1 {
		t.Fatalf("%d positions", len(messages))
	}
	var p failureRecord
	if err := json.Unmarshal([]byte(messages[0].Body), &p); err != nil {
		t.Fatal(err)
	}
	want := failureRecord{
		RequestContext: failureRequest{p.RequestContext.RequestID,
			"arn:aws:lambda:us-east-1:123456789012:function:PublishFunction", condition, invocations},
		ResponseContext: &failureResponse{200, "$LATEST", functionError},
		Version:         "1.0", Timestamp: p.Timestamp,
		Batch: failureBatch{"shardId-00000000000000000001-00000001", start, end, "2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z", 1,
			"arn:aws:dynamodb:us-east-1:123456789012:table/things/stream/2026-01-01T00:00:00.000"},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("position (-want +got):\n%s", diff)
	}
}

// TestDisabledMappings: a disabled mapping delivers nothing, and everything once it is enabled.
func TestDisabledMappings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var streamed, queued callLog
		w := run(t, deployed(), func(ids []string) (string, error) { streamed.add(ids); return "", nil },
			func(ids []string) (string, error) { queued.add(ids); return "", nil })
		for _, f := range []string{publishFunction, consumeFunction} {
			_ = w.SetPolling(f, false)
			_ = w.SetPolling(f, false) // once more is no mistake
		}
		if err := w.SetPolling(otherFunction, false); err != ErrNoMapping {
			t.Errorf("a function without a mapping: %v", err)
		}
		w.change(t, "a")
		w.publish(t, "m", "thing.created.v1")
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(streamed.calls)+len(queued.calls) != 0 {
			t.Errorf("stopped functions were invoked: %v %v", streamed.calls, queued.calls)
		}
		want := []Mapping{{publishFunction, table, false, 1, time.Hour}, {consumeFunction, eventQueue, false, 1, time.Hour}}
		if diff := cmp.Diff(want, w.Mappings()); diff != "" {
			t.Errorf("mappings (-want +got):\n%s", diff)
		}
		for _, m := range w.Mappings() {
			_ = w.SetPolling(m.Function, true)
		}
		synctest.Wait()
		if len(streamed.calls) != 1 || len(queued.calls) != 1 {
			t.Errorf("invocations: %v %v", streamed.calls, queued.calls)
		}
	})
}

// TestShutdown: invocations in flight are finished, and none is started.
func TestShutdown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var finished atomic.Int32
		slow := func([]string) (string, error) { time.Sleep(20 * time.Second); finished.Add(1); return "", nil }
		w := run(t, deployed(), slow, slow)
		w.change(t, "a")
		w.publish(t, "m", "thing.created.v1")
		synctest.Wait()
		w.change(t, "b")
		w.stop()
		if took := time.Since(w.start); finished.Load() != 2 || took != 20*time.Second {
			t.Errorf("%d finished after %v", finished.Load(), took)
		}
	})
}

// TestBatchWindow: a batch is delivered when it is full or the window ends.
func TestBatchWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := deployed()
		slow.StreamMappings[0].Window, slow.QueueMappings[0].Window, slow.QueueMappings[0].MaxConcurrency = 5*time.Second, 5*time.Second, 1
		slow.StreamMappings[0].BatchSize, slow.QueueMappings[0].BatchSize = 3, 3
		streamed, queued := callLog{start: time.Now()}, callLog{start: time.Now()}
		w := run(t, slow, func(ids []string) (string, error) { streamed.add(ids); return "", nil },
			func(ids []string) (string, error) { queued.add(ids); return "", nil })
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			w.change(t, id)
			w.publish(t, id, "thing.created.v1")
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []call{{"[a b c]", 2 * time.Second}, {"[d e]", 8 * time.Second}}
		if diff := cmp.Diff(want, streamed.calls); diff != "" {
			t.Errorf("stream (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, queued.calls); diff != "" {
			t.Errorf("queue (-want +got):\n%s", diff)
		}
	})
}
