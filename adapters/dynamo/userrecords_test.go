package dynamo_test

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
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/domain/user/usertest"
)

func TestRecordStoreContract(t *testing.T) {
	t.Parallel()
	client := dynamo.NewClient(configFor(endpoint(t)))
	usertest.RunRecords(t, func(t *testing.T) usertest.StoreWithRecords { return dynamo.NewUsers(client, newTable(t, client)) })
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
	tree := tree(t, recordOf(t, dynamo.UserChange{After: user.Record{Profile: &p}}))
	image, err := json.Marshal(tree["dynamodb"].(map[string]any)["NewImage"])
	if err != nil {
		t.Fatal(err)
	}
	client, _ := newClient(noEndpoint, func(r *http.Request) (*http.Response, error) {
		if body, err := io.ReadAll(r.Body); err != nil || !bytes.Contains(body, []byte(`"ConsistentRead":true`)) {
			t.Errorf("request %s, %v", body, err)
		}
		return response(http.StatusOK, `{"Items":[`+strings.Join(append(items, string(image)), ",")+`]}`)(r)
	})
	page, err := dynamo.NewUsers(client, "users").Scan(t.Context(), "", 100)
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
	client, sent := newClient(noEndpoint, response(200, `{"Items":[],"LastEvaluatedKey":{"id":{"S":"a/b \"é"}}}`))
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

// TestBumpVersionConditions needs no engine: the condition of the second attempt fails on a current item.
func TestBumpVersionConditions(t *testing.T) {
	t.Parallel()
	p := profileAt(t, someone, noon, "request-1")
	stamp := domain.Stamp{Time: noon.Add(time.Hour), RequestID: "request-2"}
	bumped := domain.VersionAt(stamp.Time)
	for name, test := range map[string]struct {
		first   exchange
		current string
		kind    error
	}{
		"own write":                    {reset, itemJSON(p, bumped, "request-2"), nil},
		"overwritten":                  {reset, itemJSON(p, bumped+9, "request-3"), domain.ErrUnavailable},
		"overwritten by this request":  {reset, itemJSON(p, bumped+9, "request-2"), domain.ErrUnavailable},
		"no effect":                    {reset, itemJSON(p, bumped-9, "request-3"), domain.ErrConflict},
		"no item":                      {reset, "", domain.ErrConflict},
		"throttled, so without effect": {rejection("ThrottlingException"), itemJSON(p, bumped+9, "request-3"), domain.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, sent := newClient(noEndpoint, test.first, conditionFailed(test.current))
				got, err := dynamo.NewUsers(client, "users-table").BumpVersion(t.Context(), user.Record{Profile: &p}, stamp)
				if kindOf(err) != test.kind || (err == nil) != (test.kind == nil) || sent.attempts != 2 {
					t.Errorf("BumpVersion = %v after %d attempts; want %v after 2", err, sent.attempts, test.kind)
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
	url := endpoint(t)
	reliable := dynamo.NewClient(configFor(url))
	table := newTable(t, reliable)
	store := dynamo.NewUsers(reliable, table)
	p, _, err := store.Save(t.Context(), profileAt(t, someone, noon, "request-1"), domain.Condition{})
	if err != nil {
		t.Fatal(err)
	}
	client, sent := newClient(url, lose(reset, func() {}), deliver)
	stamp := domain.Stamp{Time: noon.Add(time.Hour), RequestID: "request-2"}
	want, err := dynamo.NewUsers(client, table).BumpVersion(t.Context(), user.Record{Profile: &p}, stamp)
	if err != nil || sent.attempts != 2 {
		t.Fatalf("BumpVersion = %v after %d attempts", err, sent.attempts)
	}
	if got, err := store.Get(t.Context(), p.ID); err != nil || !got.Equal(*want.Profile) {
		t.Errorf("Get = %+v, %v; want %+v", got, err, *want.Profile)
	}
}
