package dynamousers_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/domain/user/usertest"
)

func TestRecordStoreContract(t *testing.T) {
	t.Parallel()
	client := dynamotest.Client(t)
	usertest.RunRecords(t, func(t *testing.T) usertest.StoreWithRecords {
		return dynamousers.New(client, dynamotest.NewTable(t, client, dynamousers.Schema))
	})
}

// TestScanReturnsUnreadable scans a profile among malformed items, with strongly consistent reads.
func TestScanReturnsUnreadable(t *testing.T) {
	t.Parallel()
	p := profileAt(t, someone, noon, "request-1")
	items := []string{
		`{"id":{"S":"no version"}}`, `{"id":{"S":"no version, deleted"},"deletedAt":{"N":"5"}}`,
		`{"id":{"S":"string version"},"version":{"S":"5"}}`, `{"id":{"S":"fractional version"},"version":{"N":"1.5"}}`,
		`{"id":{"S":"neither"},"version":{"N":"5"}}`,
		`{"id":{"S":"no name"},"version":{"N":"5"},"createdAt":{"N":"5"},"userType":{"S":"renter"},"name":{"NULL":true}}`,
		`{"id":{"S":"both"},"version":{"N":"5"},"createdAt":{"N":"5"},"deletedAt":{"N":"5"},"name":{"S":"J"},"userType":{"S":"renter"}}`,
	}
	tree := dynamotest.Tree(t, recordOf(t, dynamousers.Change{After: user.Record{Profile: &p}}))
	image, err := json.Marshal(tree["dynamodb"].(map[string]any)["NewImage"])
	if err != nil {
		t.Fatal(err)
	}
	client, _ := dynamotest.NewClient(dynamotest.NoEndpoint, func(r *http.Request) (*http.Response, error) {
		if body, err := io.ReadAll(r.Body); err != nil || !bytes.Contains(body, []byte(`"ConsistentRead":true`)) {
			t.Errorf("request %s, %v", body, err)
		}
		return dynamotest.Response(http.StatusOK, `{"Items":[`+strings.Join(append(items, string(image)), ",")+`]}`)(r)
	})
	page, err := dynamousers.New(client, "users").Scan(t.Context(), "", 100)
	slices.Sort(page.Unreadable)
	want := user.ScanPage{
		Records:    []user.Record{{Profile: &p}},
		Unreadable: []string{"both", "fractional version", "neither", "no name", "no version", "no version, deleted", "string version"},
	}
	if diff := cmp.Diff(want, page); diff != "" || err != nil {
		t.Errorf("Scan, %v (-want +got):\n%s", err, diff)
	}
}

// TestScanCursors checks that Scan accepts its own cursors and rejects others without a request.
func TestScanCursors(t *testing.T) {
	t.Parallel()
	client, sent := dynamotest.NewClient(dynamotest.NoEndpoint, dynamotest.Response(200, `{"Items":[],"LastEvaluatedKey":{"id":{"S":"a/b \"é"}}}`))
	store := dynamousers.New(client, "users-table")
	page, err := store.Scan(t.Context(), "", 1)
	if err != nil || page.Next == "" {
		t.Fatalf("Scan = %+v, %v", page, err)
	}
	if _, err := store.Scan(t.Context(), page.Next, 1); err != nil || sent.Attempts != 2 {
		t.Fatalf("Scan of the next page = %v after %d attempts", err, sent.Attempts)
	}
	for _, forged := range []string{
		`{"v":2,"id":"a"}`, `{"id":"a"}`, `{"v":1,"id":""}`, `{"v":1}`, `{"v":1,"id":"a"} `, `{"v":1,"ID":"a"}`,
		`{"v":1,"id":"a","id":"b"}`, `{"v":1,"id":"a","x":1}`, `{"v":1,"id":["a"]}`, `{"v":1,"id":"\u0061"}`, `[]`, `null`,
		`{"v":1,"id":"` + string(make([]byte, 2049)) + `"}`,
	} {
		_, err := store.Scan(t.Context(), base64.RawURLEncoding.EncodeToString([]byte(forged)), 1)
		if !errors.Is(err, domain.ErrInvalid) || sent.Attempts != 2 {
			t.Errorf("Scan after %s = %v after %d attempts; want %v", forged, err, sent.Attempts, domain.ErrInvalid)
		}
	}
}

// TestBumpVersionConditions needs no engine: the condition of the second attempt fails on a current item.
func TestBumpVersionConditions(t *testing.T) {
	t.Parallel()
	p := profileAt(t, someone, noon, "request-1")
	stamp := domain.Stamp{Time: noon.Add(time.Hour), RequestID: "request-2"}
	bumped := domain.VersionAt(stamp.Time)
	for name, test := range map[string]struct {
		first   dynamotest.Exchange
		current string
		kind    error
	}{
		"own write":                    {dynamotest.Reset, itemJSON(p, bumped, "request-2"), nil},
		"overwritten":                  {dynamotest.Reset, itemJSON(p, bumped+9, "request-3"), domain.ErrUnavailable},
		"overwritten by this request":  {dynamotest.Reset, itemJSON(p, bumped+9, "request-2"), domain.ErrUnavailable},
		"no effect":                    {dynamotest.Reset, itemJSON(p, bumped-9, "request-3"), domain.ErrConflict},
		"no item":                      {dynamotest.Reset, "", domain.ErrConflict},
		"throttled, so without effect": {dynamotest.Rejection("ThrottlingException"), itemJSON(p, bumped+9, "request-3"), domain.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, sent := dynamotest.NewClient(dynamotest.NoEndpoint, test.first, dynamotest.ConditionFailed(test.current))
				got, err := dynamousers.New(client, "users-table").BumpVersion(t.Context(), user.Record{Profile: &p}, stamp)
				if dynamotest.KindOf(err) != test.kind || (err == nil) != (test.kind == nil) || sent.Attempts != 2 {
					t.Errorf("BumpVersion = %v after %d attempts; want %v after 2", err, sent.Attempts, test.kind)
				}
				if err == nil && got.Version() != bumped || err != nil && got != (user.Record{}) {
					t.Errorf("BumpVersion = %+v, %v; want version %d or the zero Record", got, err, bumped)
				}
			})
		})
	}
}

// TestBumpVersionLostResponse loses the response of a write that the engine has applied.
func TestBumpVersionLostResponse(t *testing.T) {
	t.Parallel()
	url := dynamotest.Endpoint(t)
	reliable := dynamo.NewClient(dynamotest.Config(url))
	table := dynamotest.NewTable(t, reliable, dynamousers.Schema)
	store := dynamousers.New(reliable, table)
	p, _, err := store.Save(t.Context(), profileAt(t, someone, noon, "request-1"), domain.Condition{})
	if err != nil {
		t.Fatal(err)
	}
	client, sent := dynamotest.NewClient(url, dynamotest.Lose(dynamotest.Reset, func() {}), dynamotest.Deliver)
	stamp := domain.Stamp{Time: noon.Add(time.Hour), RequestID: "request-2"}
	want, err := dynamousers.New(client, table).BumpVersion(t.Context(), user.Record{Profile: &p}, stamp)
	if err != nil || sent.Attempts != 2 {
		t.Fatalf("BumpVersion = %v after %d attempts", err, sent.Attempts)
	}
	if got, err := store.Get(t.Context(), p.ID); err != nil || !got.Equal(*want.Profile) {
		t.Errorf("Get = %+v, %v; want %+v", got, err, *want.Profile)
	}
}
