package dynamo_test

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/domain/user/usertest"
)

func TestRecordsKeepTheContract(t *testing.T) {
	t.Parallel()
	client := dynamo.NewClient(configFor(endpoint(t)))
	usertest.RunRecords(t, func(t *testing.T) usertest.StoreWithRecords { return dynamo.NewUsers(client, newTable(t, client)) })
}

// TestScanTellsTheUnreadable finds by their ids what was written by hand, among whole records.
func TestScanTellsTheUnreadable(t *testing.T) {
	t.Parallel()
	client := dynamo.NewClient(configFor(endpoint(t)))
	table := newTable(t, client)
	store := dynamo.NewUsers(client, table)
	p, _, err := store.Save(t.Context(), profileAt(t, someone, noon, "request-1"), domain.Condition{})
	if err != nil {
		t.Fatal(err)
	}
	null := &types.AttributeValueMemberNULL{Value: true}
	var want []string
	for id, by := range map[string]attributes{
		"no version": {}, "no version, but deleted": {"deletedAt": number("5")}, "a text as version": {"version": text("5")},
		"a broken version": {"version": number("1.5")}, "neither": {"version": number("5")},
		"nameless": {"version": number("5"), "createdAt": number("5"), "userType": text("renter"), "name": null},
		"both":     {"version": number("5"), "createdAt": number("5"), "deletedAt": number("5"), "name": text("J"), "userType": text("renter")},
	} {
		by["id"] = text(id)
		if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: by}); err != nil {
			t.Fatal(err)
		}
		want = append(want, id)
	}
	page, err := store.Scan(t.Context(), "", 100)
	if err != nil || len(page.Records) != 1 || *page.Records[0].Profile != p {
		t.Errorf("Scan = %+v, %v; want %+v", page, err, p)
	}
	slices.Sort(want)
	slices.Sort(page.Unreadable)
	if diff := cmp.Diff(want, page.Unreadable); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestScanTakesItsOwnEndsOnly needs no engine: what is refused is not sent.
func TestScanTakesItsOwnEndsOnly(t *testing.T) {
	t.Parallel()
	client, sent := clientOver(nowhere, answer(200, `{"Items":[],"LastEvaluatedKey":{"id":{"S":"a/b \"é"}}}`))
	store := dynamo.NewUsers(client, "users-table")
	page, err := store.Scan(t.Context(), "", 1)
	if err != nil || page.Next == "" {
		t.Fatalf("Scan = %+v, %v", page, err)
	}
	if _, err := store.Scan(t.Context(), page.Next, 1); err != nil || sent.attempts != 2 {
		t.Fatalf("Scan of the next page = %v after %d attempts", err, sent.attempts)
	}
	for _, forged := range []string{
		`{"v":2,"id":"a"}`, `{"id":"a"}`, `{"v":1,"id":""}`, `{"v":1}`, `{"v":1,"id":"a"} `, `{"v":1,"ID":"a"}`,
		`{"v":1,"id":"a","id":"b"}`, `{"v":1,"id":"a","x":1}`, `{"v":1,"id":["a"]}`, `{"v":1,"id":"\u0061"}`, `[]`, `null`,
		`{"v":1,"id":"` + string(make([]byte, 2049)) + `"}`,
	} {
		_, err := store.Scan(t.Context(), base64.RawURLEncoding.EncodeToString([]byte(forged)), 1)
		if !errors.Is(err, domain.ErrInvalid) || sent.attempts != 2 {
			t.Errorf("Scan after %s = %v after %d attempts; want %v", forged, err, sent.attempts, domain.ErrInvalid)
		}
	}
}

// TestRaiseAfterDoubt needs no engine: one attempt without an answer, then a failed condition.
func TestRaiseAfterDoubt(t *testing.T) {
	t.Parallel()
	p := profileAt(t, someone, noon, "request-1")
	stamp := domain.Stamp{Time: noon.Add(time.Hour), RequestID: "request-2"}
	raised := domain.VersionAt(stamp.Time)
	for name, test := range map[string]struct {
		first   exchange
		present string
		kind    error
	}{
		"our own success":               {reset, itemOf(p, raised, "request-2"), nil},
		"overtaken":                     {reset, itemOf(p, raised+9, "request-3"), domain.ErrUnavailable},
		"overtaken by ourselves":        {reset, itemOf(p, raised+9, "request-2"), domain.ErrUnavailable},
		"never took effect":             {reset, itemOf(p, raised-9, "request-3"), domain.ErrConflict},
		"nothing there":                 {reset, "", domain.ErrConflict},
		"throttled, so surely not ours": {refusal("ThrottlingException"), itemOf(p, raised+9, "request-3"), domain.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, sent := clientOver(nowhere, test.first, failedCondition(test.present))
				got, err := dynamo.NewUsers(client, "users-table").BumpVersion(t.Context(), user.Record{Profile: &p}, stamp)
				if kindOf(err) != test.kind || (err == nil) != (test.kind == nil) || sent.attempts != 2 {
					t.Errorf("BumpVersion = %v after %d attempts; want %v after 2", err, sent.attempts, test.kind)
				}
				if err == nil && got.Version() != raised || err != nil && got != (user.Record{}) {
					t.Errorf("BumpVersion = %+v, %v; want version %d or nothing", got, err, raised)
				}
			})
		})
	}
}

// TestRaiseLosesItsAnswer has the engine raise a record once, though the first answer is lost.
func TestRaiseLosesItsAnswer(t *testing.T) {
	t.Parallel()
	url := endpoint(t)
	honest := dynamo.NewClient(configFor(url))
	table := newTable(t, honest)
	store := dynamo.NewUsers(honest, table)
	p, _, err := store.Save(t.Context(), profileAt(t, someone, noon, "request-1"), domain.Condition{})
	if err != nil {
		t.Fatal(err)
	}
	client, sent := clientOver(url, lose(reset, func() {}), deliver)
	stamp := domain.Stamp{Time: noon.Add(time.Hour), RequestID: "request-2"}
	got, err := dynamo.NewUsers(client, table).BumpVersion(t.Context(), user.Record{Profile: &p}, stamp)
	if err != nil || sent.attempts != 2 {
		t.Fatalf("BumpVersion = %v after %d attempts", err, sent.attempts)
	}
	if held, err := store.Get(t.Context(), p.ID); err != nil || held != *got.Profile {
		t.Errorf("Get = %+v, %v; want %+v", held, err, *got.Profile)
	}
}

// TestScanIsConsistent: what was written just before may be what nobody heard of.
func TestScanIsConsistent(t *testing.T) {
	t.Parallel()
	var sent string
	client, _ := clientOver(nowhere, func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		sent = string(body)
		if err != nil {
			return nil, err
		}
		return answer(http.StatusOK, `{"Count":0,"Items":[],"ScannedCount":0}`)(r)
	})
	if _, err := dynamo.NewUsers(client, "users").Scan(t.Context(), "", 10); err != nil || !strings.Contains(sent, `"ConsistentRead":true`) {
		t.Errorf("Scan = %v; it sent %s", err, sent)
	}
}
