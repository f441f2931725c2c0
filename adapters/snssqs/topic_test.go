package snssqs_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/snssqs"
	"rental.example/adapters/snssqs/snssqstest"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
)

const someone = domain.UserID("11111111-1111-4111-8111-111111111111")

// eventOf is the n-th of many.
func eventOf(n int) user.Event {
	return user.Event{
		ID: fmt.Sprintf("event-%d", n), Kind: user.Updated, UserID: someone, Version: domain.Version(1767323045678901 + n),
		Name: "Jane \"<Doe>\" \u2028 é", Type: user.Renter, Ratings: 87.25, RequestID: "5f2c3b52-8dd4-4e0c-9d5e-6a2f9c1f7a10",
	}
}

func eventsUpTo(n int) (all []user.Event) {
	for i := range n {
		all = append(all, eventOf(i))
	}
	return all
}

func newTopic(api snssqs.TopicAPI) *snssqs.Topic { return snssqs.NewTopic(api, "arn") }

// TestEnvelope: both sides of the topic agree, and nothing is in the message but what may be.
func TestEnvelope(t *testing.T) {
	t.Parallel()
	api := new(snssqstest.Topic)
	gone := user.Event{ID: "event-1", Kind: user.Deleted, UserID: someone, Version: 7}
	for i, err := range newTopic(api).Publish(t.Context(), []user.Event{eventOf(0), gone}) {
		if err != nil {
			t.Fatalf("event %d: %v", i, err)
		}
	}
	told := api.Messages()
	want := `{"specversion":"1.0","id":"event-1","source":"rental/users","type":"user.profile.deleted.v1","subject":"` + string(someone) +
		`","time":"1970-01-01T00:00:00.000007Z","datacontenttype":"application/json","data":{"userId":"` + string(someone) + `","version":7}}`
	if diff := cmp.Diff(want, string(told[1].Body)); diff != "" {
		t.Errorf("deletion (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"eventType": "user.profile.deleted.v1"}, told[1].Attributes); diff != "" {
		t.Errorf("its attributes (-want +got):\n%s", diff)
	}
	got, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: string(told[0].Body), Attributes: map[string]string{
		"AWSTraceHeader": "Root=1-5e5b1e5c-0123456789abcdef01234567;Sampled=1", "ApproximateReceiveCount": "3",
	}})
	e := eventOf(0)
	message := snssqs.Message{
		Event: item.OwnerEvent{OwnerID: e.UserID, Version: e.Version, Name: e.Name, Ratings: e.Ratings},
		ID:    e.ID, Type: "user.profile.updated.v1", CorrelationID: e.RequestID, TraceID: "1-5e5b1e5c-0123456789abcdef01234567", ReceiveCount: 3,
	}
	if diff := cmp.Diff(message, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestUnpublishable: what no consumer could read is refused before it is sent, and takes nothing along.
func TestUnpublishable(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*user.Event){
		"kind":     func(e *user.Event) { e.Kind = "renamed" },
		"id":       func(e *user.Event) { e.ID = "" },
		"user":     func(e *user.Event) { e.UserID = "jane" },
		"version":  func(e *user.Event) { e.Version = 0 },
		"ratings":  func(e *user.Event) { e.Ratings = math.Inf(1) },
		"year":     func(e *user.Event) { e.Version = math.MaxInt64 },
		"too long": func(e *user.Event) { e.Name = strings.Repeat("x", snssqs.MaxBytes) },
	} {
		api, all := new(snssqstest.Topic), eventsUpTo(3)
		spoil(&all[1])
		errs := newTopic(api).Publish(t.Context(), all)
		if errs[0] != nil || !errors.Is(errs[1], user.ErrUnpublishable) || errs[2] != nil || len(api.Messages()) != 2 {
			t.Errorf("%s: %v, %d told", name, errs, len(api.Messages()))
		}
	}
}

// TestCalls: at most ten messages a call and 256 KiB, attributes included, in the order of the events.
func TestCalls(t *testing.T) {
	t.Parallel()
	sized := func(sizes ...int) (all []user.Event) {
		for i, size := range sizes {
			e := eventOf(i)
			e.Name = strings.Repeat("x", size)
			all = append(all, e)
		}
		return all
	}
	const beside = 540 // bytes at most that a message of eventOf has beside its name
	for name, test := range map[string]struct {
		events []user.Event
		want   []int
	}{
		"none":          {nil, nil},
		"ten":           {eventsUpTo(10), []int{10}},
		"twenty-five":   {eventsUpTo(25), []int{10, 10, 5}},
		"by size":       {sized(100<<10, 100<<10, 100<<10, 10, 200<<10), []int{2, 2, 1}},
		"one fills all": {sized(10, snssqs.MaxBytes-beside, 10), []int{1, 1, 1}},
	} {
		api := new(snssqstest.Topic)
		for i, err := range newTopic(api).Publish(t.Context(), test.events) {
			if err != nil {
				t.Errorf("%s: event %d: %v", name, i, err)
			}
		}
		var got []int
		n := 0
		for _, call := range api.Calls() {
			got = append(got, len(call))
			size := 0
			for _, m := range call {
				if !strings.Contains(string(m.Body), fmt.Sprintf(`"id":"event-%d"`, n)) {
					t.Errorf("%s: message %d is out of order", name, n)
				}
				n++
				size += len(m.Body)
				for key, value := range m.Attributes {
					size += len(key) + len("String") + len(value)
				}
			}
			if size > snssqs.MaxBytes {
				t.Errorf("%s: a call of %d bytes", name, size)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: messages a call (-want +got):\n%s", name, diff)
		}
	}
}

// answering is a TopicAPI with one answer.
type answering struct {
	out *sns.PublishBatchOutput
	err error
}

func (a answering) PublishBatch(context.Context, *sns.PublishBatchInput, ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	return a.out, a.err
}

// TestAnswers: each event gets what the answer says of its entry; what it does not say is a failure.
func TestAnswers(t *testing.T) {
	t.Parallel()
	ok := func(id *string) types.PublishBatchResultEntry { return types.PublishBatchResultEntry{Id: id} }
	failed := func(id, code string, fault bool) types.BatchResultErrorEntry {
		return types.BatchResultErrorEntry{Id: &id, Code: &code, SenderFault: fault}
	}
	un, never := domain.ErrUnavailable, user.ErrUnpublishable
	for name, test := range map[string]struct {
		answer answering
		want   [2]error
	}{
		"told":          {answering{out: &sns.PublishBatchOutput{Successful: []types.PublishBatchResultEntry{ok(aws.String("1")), ok(aws.String("0"))}}}, [2]error{}},
		"empty":         {answering{out: &sns.PublishBatchOutput{}}, [2]error{un, un}},
		"none":          {answering{}, [2]error{un, un}},
		"other entries": {answering{out: &sns.PublishBatchOutput{Successful: []types.PublishBatchResultEntry{ok(nil), ok(aws.String("2")), ok(aws.String("-1")), ok(aws.String("x"))}}}, [2]error{un, un}},
		"both told and not": {answering{out: &sns.PublishBatchOutput{
			Successful: []types.PublishBatchResultEntry{ok(aws.String("0")), ok(aws.String("1"))},
			Failed:     []types.BatchResultErrorEntry{failed("1", "InternalError", false)},
		}}, [2]error{nil, un}},
		"refused":                {answering{out: &sns.PublishBatchOutput{Failed: []types.BatchResultErrorEntry{failed("0", "InvalidParameterValue", true), failed("1", "InvalidParameter", true)}}}, [2]error{never, never}},
		"not the sender's fault": {answering{out: &sns.PublishBatchOutput{Failed: []types.BatchResultErrorEntry{failed("0", "InvalidParameter", false), failed("1", "Throttled", true)}}}, [2]error{un, un}},
		"no rights":              {answering{err: &types.AuthorizationErrorException{}}, [2]error{un, un}},
		"no topic":               {answering{err: &types.NotFoundException{}}, [2]error{un, un}},
		"invalid as a whole":     {answering{err: &types.InvalidParameterException{}}, [2]error{un, un}},
		"too late":               {answering{err: context.DeadlineExceeded}, [2]error{un, un}},
	} {
		errs := newTopic(test.answer).Publish(t.Context(), eventsUpTo(2))
		for i, err := range errs {
			if want := test.want[i]; !errors.Is(err, want) || errors.Is(err, un) && errors.Is(err, never) {
				t.Errorf("%s: event %d: %v, want %v", name, i, err, want)
			}
		}
	}
}

// TestCharacters: what the services refuse goes as an escape, and comes back as it was.
func TestCharacters(t *testing.T) {
	t.Parallel()
	api, e := new(snssqstest.Topic), eventOf(0)
	e.Name, e.RequestID = "a\uFFFEb\uFFFF\x00\x1f\x7f", "two words"
	if errs := newTopic(api).Publish(t.Context(), []user.Event{e}); errs[0] != nil {
		t.Fatal(errs[0])
	}
	told := api.Messages()[0]
	if strings.ContainsAny(string(told.Body), "\uFFFE\uFFFF\x00\x1f") || told.Attributes["correlationId"] != "" {
		t.Errorf("message %q %v", told.Body, told.Attributes)
	}
	if m, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: string(told.Body)}); err != nil || m.Event.Name != e.Name || m.CorrelationID != "" {
		t.Errorf("read as %+v, %v", m, err)
	}
}

// TestSecondLife: the deletion before a profile was made again travels with it.
func TestSecondLife(t *testing.T) {
	t.Parallel()
	api := new(snssqstest.Topic)
	again := eventOf(0)
	again.Kind, again.LastDeleted = user.Created, again.Version-1
	if errs := newTopic(api).Publish(t.Context(), []user.Event{again, eventOf(1)}); errs[0] != nil || errs[1] != nil {
		t.Fatal(errs)
	}
	for i, want := range []domain.Version{again.Version - 1, 0} {
		body := string(api.Messages()[i].Body)
		m, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: body})
		if m.Event.LastDeleted != want || m.Event.Deleted || err != nil || strings.Contains(body, "deletedVersion") != (want > 0) {
			t.Errorf("%s: %+v, %v", body, m.Event, err)
		}
	}
	for _, wrong := range []string{"-1", fmt.Sprint(int64(again.Version)), "1.5", `"1"`} {
		body := strings.Replace(string(api.Messages()[0].Body), `"deletedVersion":`+fmt.Sprint(int64(again.Version)-1), `"deletedVersion":`+wrong, 1)
		if m, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: body}); err == nil {
			t.Errorf("%s: %+v", body, m)
		}
	}
}

// TestContradiction: an event whose data are of another user than it says is nobody's.
func TestContradiction(t *testing.T) {
	t.Parallel()
	api := new(snssqstest.Topic)
	if errs := newTopic(api).Publish(t.Context(), eventsUpTo(1)); errs[0] != nil {
		t.Fatal(errs[0])
	}
	body := strings.Replace(string(api.Messages()[0].Body), `"subject":"1`, `"subject":"2`, 1)
	if m, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: body}); err == nil {
		t.Errorf("%s: %+v", body, m)
	}
}
