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

const userID = domain.UserID("11111111-1111-4111-8111-111111111111")

// newEvent returns the n-th event.
func newEvent(n int) user.Event {
	return user.Event{
		ID: fmt.Sprintf("event-%d", n), Kind: user.Updated, UserID: userID, Version: domain.Version(1767323045678901 + n),
		Name: "Jane \"<Doe>\" \u2028 é", Type: user.Renter, Ratings: 87.25, RequestID: "5f2c3b52-8dd4-4e0c-9d5e-6a2f9c1f7a10",
	}
}

func newEvents(n int) (all []user.Event) {
	for i := range n {
		all = append(all, newEvent(i))
	}
	return all
}

func newTopic(api snssqs.TopicAPI) *snssqs.Topic { return snssqs.NewTopic(api, "arn") }

// TestEnvelope checks that the parsed event equals the published one, and the exact message.
func TestEnvelope(t *testing.T) {
	t.Parallel()
	api := new(snssqstest.Topic)
	deletion := user.Event{ID: "event-1", Kind: user.Deleted, UserID: userID, Version: 7}
	for i, err := range newTopic(api).Publish(t.Context(), []user.Event{newEvent(0), deletion}) {
		if err != nil {
			t.Fatalf("event %d: %v", i, err)
		}
	}
	published := api.Messages()
	want := `{"specversion":"1.0","id":"event-1","source":"rental/users","type":"user.profile.deleted.v1","subject":"` + string(userID) +
		`","time":"1970-01-01T00:00:00.000007Z","datacontenttype":"application/json","data":{"userId":"` + string(userID) + `","version":7}}`
	if diff := cmp.Diff(want, string(published[1].Body)); diff != "" {
		t.Errorf("deletion (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"eventType": "user.profile.deleted.v1"}, published[1].Attributes); diff != "" {
		t.Errorf("its attributes (-want +got):\n%s", diff)
	}
	got, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: string(published[0].Body), Attributes: map[string]string{
		"AWSTraceHeader": "Root=1-5e5b1e5c-0123456789abcdef01234567;Sampled=1", "ApproximateReceiveCount": "3",
	}})
	e := newEvent(0)
	message := snssqs.Message{
		Event: item.OwnerEvent{OwnerID: e.UserID, Version: e.Version, Name: e.Name, Ratings: e.Ratings},
		ID:    e.ID, Type: "user.profile.updated.v1", CorrelationID: e.RequestID, TraceID: "1-5e5b1e5c-0123456789abcdef01234567", ReceiveCount: 3,
	}
	if diff := cmp.Diff(message, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestUnpublishable checks that an invalid event is not sent, and does not affect the others.
func TestUnpublishable(t *testing.T) {
	t.Parallel()
	for name, breakEvent := range map[string]func(*user.Event){
		"kind":     func(e *user.Event) { e.Kind = "renamed" },
		"id":       func(e *user.Event) { e.ID = "" },
		"user":     func(e *user.Event) { e.UserID = "jane" },
		"version":  func(e *user.Event) { e.Version = 0 },
		"ratings":  func(e *user.Event) { e.Ratings = math.Inf(1) },
		"year":     func(e *user.Event) { e.Version = math.MaxInt64 },
		"too long": func(e *user.Event) { e.Name = strings.Repeat("x", snssqs.MaxBytes) },
	} {
		api, all := new(snssqstest.Topic), newEvents(3)
		breakEvent(&all[1])
		errs := newTopic(api).Publish(t.Context(), all)
		if errs[0] != nil || !errors.Is(errs[1], user.ErrUnpublishable) || errs[2] != nil || len(api.Messages()) != 2 {
			t.Errorf("%s: %v, %d published", name, errs, len(api.Messages()))
		}
	}
}

// TestCalls checks that a call has at most ten messages and 256 KiB, attributes included, in the order of the events.
func TestCalls(t *testing.T) {
	t.Parallel()
	sized := func(sizes ...int) (all []user.Event) {
		for i, size := range sizes {
			e := newEvent(i)
			e.Name = strings.Repeat("x", size)
			all = append(all, e)
		}
		return all
	}
	const overhead = 540 // bytes of a message without the name, at most
	for name, test := range map[string]struct {
		events []user.Event
		want   []int
	}{
		"none":          {nil, nil},
		"ten":           {newEvents(10), []int{10}},
		"twenty-five":   {newEvents(25), []int{10, 10, 5}},
		"by size":       {sized(100<<10, 100<<10, 100<<10, 10, 200<<10), []int{2, 2, 1}},
		"one fills all": {sized(10, snssqs.MaxBytes-overhead, 10), []int{1, 1, 1}},
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

// fixedResponse is a TopicAPI with one response.
type fixedResponse struct {
	out *sns.PublishBatchOutput
	err error
}

func (f fixedResponse) PublishBatch(context.Context, *sns.PublishBatchInput, ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	return f.out, f.err
}

// TestResponses checks that each event gets the result of its entry, and an error without a result.
func TestResponses(t *testing.T) {
	t.Parallel()
	ok := func(id *string) types.PublishBatchResultEntry { return types.PublishBatchResultEntry{Id: id} }
	failed := func(id, code string, fault bool) types.BatchResultErrorEntry {
		return types.BatchResultErrorEntry{Id: &id, Code: &code, SenderFault: fault}
	}
	unavailable, permanent := domain.ErrUnavailable, user.ErrUnpublishable
	for name, test := range map[string]struct {
		response fixedResponse
		want     [2]error
	}{
		"published":     {fixedResponse{out: &sns.PublishBatchOutput{Successful: []types.PublishBatchResultEntry{ok(aws.String("1")), ok(aws.String("0"))}}}, [2]error{}},
		"empty":         {fixedResponse{out: &sns.PublishBatchOutput{}}, [2]error{unavailable, unavailable}},
		"none":          {fixedResponse{}, [2]error{unavailable, unavailable}},
		"other entries": {fixedResponse{out: &sns.PublishBatchOutput{Successful: []types.PublishBatchResultEntry{ok(nil), ok(aws.String("2")), ok(aws.String("-1")), ok(aws.String("x"))}}}, [2]error{unavailable, unavailable}},
		"both published and failed": {fixedResponse{out: &sns.PublishBatchOutput{
			Successful: []types.PublishBatchResultEntry{ok(aws.String("0")), ok(aws.String("1"))},
			Failed:     []types.BatchResultErrorEntry{failed("1", "InternalError", false)},
		}}, [2]error{nil, unavailable}},
		"rejected":               {fixedResponse{out: &sns.PublishBatchOutput{Failed: []types.BatchResultErrorEntry{failed("0", "InvalidParameterValue", true), failed("1", "InvalidParameter", true)}}}, [2]error{permanent, permanent}},
		"not the sender's fault": {fixedResponse{out: &sns.PublishBatchOutput{Failed: []types.BatchResultErrorEntry{failed("0", "InvalidParameter", false), failed("1", "Throttled", true)}}}, [2]error{unavailable, unavailable}},
		"access denied":          {fixedResponse{err: &types.AuthorizationErrorException{}}, [2]error{unavailable, unavailable}},
		"no topic":               {fixedResponse{err: &types.NotFoundException{}}, [2]error{unavailable, unavailable}},
		"invalid as a whole":     {fixedResponse{err: &types.InvalidParameterException{}}, [2]error{unavailable, unavailable}},
		"timeout":                {fixedResponse{err: context.DeadlineExceeded}, [2]error{unavailable, unavailable}},
	} {
		errs := newTopic(test.response).Publish(t.Context(), newEvents(2))
		for i, err := range errs {
			if want := test.want[i]; !errors.Is(err, want) || errors.Is(err, unavailable) && errors.Is(err, permanent) {
				t.Errorf("%s: event %d: %v, want %v", name, i, err, want)
			}
		}
	}
}

// TestCharacters checks that characters which the services reject are escaped, and parsed unchanged.
func TestCharacters(t *testing.T) {
	t.Parallel()
	api, e := new(snssqstest.Topic), newEvent(0)
	e.Name, e.RequestID = "a\uFFFEb\uFFFF\x00\x1f\x7f", "two words"
	if errs := newTopic(api).Publish(t.Context(), []user.Event{e}); errs[0] != nil {
		t.Fatal(errs[0])
	}
	m := api.Messages()[0]
	if strings.ContainsAny(string(m.Body), "\uFFFE\uFFFF\x00\x1f") || m.Attributes["correlationId"] != "" {
		t.Errorf("message %q %v", m.Body, m.Attributes)
	}
	if got, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: string(m.Body)}); err != nil || got.Event.Name != e.Name || got.CorrelationID != "" {
		t.Errorf("parsed as %+v, %v", got, err)
	}
}

// TestLastDeleted checks that the event of a recreated profile has the version of its last deletion.
func TestLastDeleted(t *testing.T) {
	t.Parallel()
	api := new(snssqstest.Topic)
	recreated := newEvent(0)
	recreated.Kind, recreated.LastDeleted = user.Created, recreated.Version-1
	if errs := newTopic(api).Publish(t.Context(), []user.Event{recreated, newEvent(1)}); errs[0] != nil || errs[1] != nil {
		t.Fatal(errs)
	}
	for i, want := range []domain.Version{recreated.Version - 1, 0} {
		body := string(api.Messages()[i].Body)
		m, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: body})
		if m.Event.LastDeleted != want || m.Event.Deleted || err != nil || strings.Contains(body, "deletedVersion") != (want > 0) {
			t.Errorf("%s: %+v, %v", body, m.Event, err)
		}
	}
	for _, wrong := range []string{"-1", fmt.Sprint(int64(recreated.Version)), "1.5", `"1"`} {
		body := strings.Replace(string(api.Messages()[0].Body), `"deletedVersion":`+fmt.Sprint(int64(recreated.Version)-1), `"deletedVersion":`+wrong, 1)
		if m, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: body}); err == nil {
			t.Errorf("%s: %+v", body, m)
		}
	}
}
