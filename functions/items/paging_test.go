package items_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/domain"
	"rental.example/domain/item"
)

// page is what a search answers, as far as paging goes.
type page struct {
	Items []struct{ ID string }
	Next  string
	// Facets is there on the first page only.
	Facets *struct{}
}

// ask sends a search to a handler.
func ask(t testing.TB, h lambda.Handler, query string) apigatewaytest.Response {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	event, err := json.Marshal(events.APIGatewayProxyRequest{HTTPMethod: "GET", Resource: "/items", MultiValueQueryStringParameters: values})
	if err != nil {
		t.Fatal(err)
	}
	return apigatewaytest.Invoke(t, h, "invocation-1", event)
}

func searchFor(t *testing.T, h lambda.Handler, query string) (status int, p page) {
	t.Helper()
	answer := ask(t, h, query)
	body, err := json.Marshal(answer.Body)
	if err == nil {
		err = json.Unmarshal(body, &p)
	}
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, p
}

// TestWalks follows cursors through every order: with pages of any size, and of another size midway, each
// item is met once, in the order of one large page, and facets come first and never again.
func TestWalks(t *testing.T) {
	t.Parallel()
	p := inMemory()
	seed(t, p)
	h := newHandler(p, io.Discard)
	for _, query := range []string{"sort=newest", "sort=price", "sort=-price", "q=drill&sort=relevance", "lat=52.5&lng=13.4&radiusKm=500"} {
		_, whole := searchFor(t, h, query)
		for _, limits := range [][]int{{1}, {3}, {1, 2}, {50}} {
			var ids []string
			next := ""
			for n := 0; n == 0 || next != ""; n++ {
				status, got := searchFor(t, h, fmt.Sprintf("%s&limit=%d%s", query, limits[n%len(limits)], next))
				if status != 200 || (got.Facets != nil) != (n == 0) || n > 10 {
					t.Fatalf("%s, limits %v, page %d: status %d, facets %t", query, limits, n, status, got.Facets != nil)
				}
				for _, it := range got.Items {
					ids = append(ids, it.ID)
				}
				if next = ""; got.Next != "" {
					next = "&cursor=" + got.Next
				}
			}
			var want []string
			for _, it := range whole.Items {
				want = append(want, it.ID)
			}
			if !slices.Equal(ids, want) {
				t.Errorf("%s, limits %v: %v, want %v", query, limits, ids, want)
			}
		}
	}
}

// TestTamperedCursors: a cursor that was changed is refused, whatever it still says.
func TestTamperedCursors(t *testing.T) {
	t.Parallel()
	p := inMemory()
	seed(t, p)
	h := newHandler(p, io.Discard)
	_, first := searchFor(t, h, "sort=newest&limit=2")
	plain, err := base64.RawURLEncoding.DecodeString(first.Next)
	if err != nil {
		t.Fatal(err)
	}
	last := first.Items[1].ID
	for name, changed := range map[string]string{
		"another id's form": strings.Replace(string(plain), last, "../_all", 1),
		"another key":       strings.Replace(string(plain), `"k":"`, `"k":"x`, 1),
		"another format":    strings.Replace(string(plain), `"v":1`, `"v":2`, 1),
		"one member more":   strings.Replace(string(plain), `"v":1`, `"v":1,"x":1`, 1),
	} {
		if changed == string(plain) {
			t.Fatalf("%s: nothing changed in %s", name, plain)
		}
		status, _ := searchFor(t, h, "sort=newest&limit=2&cursor="+base64.RawURLEncoding.EncodeToString([]byte(changed)))
		if status != 400 {
			t.Errorf("%s: status %d", name, status)
		}
	}
	for _, other := range []string{"sort=price", "sort=newest&q=drill", "sort=newest&tag=diy", "sort=newest&maxPrice=9"} {
		if status, _ := searchFor(t, h, other+"&cursor="+first.Next); status != 400 {
			t.Errorf("%s with a cursor of another search: status %d", other, status)
		}
	}
}

// TestProblemsAreTrue: what could not be read is told, and nothing that only seems wrong because of it.
func TestProblemsAreTrue(t *testing.T) {
	t.Parallel()
	h := newHandler(inMemory(), io.Discard)
	for query, want := range map[string]string{
		"lat=abc&lng=3":                      "lat",
		"lat=abc&lng=x&radiusKm=5":           "lat lng",
		"lat=1&lat=2&lng=3&sort=distance":    "lat",
		"q=drill&q=saw&sort=relevance":       "q",
		"minPrice=5&maxPrice=10.001":         "maxPrice",
		"minPrice=5&maxPrice=2000000":        "maxPrice",
		"minPrice=5&maxPrice=4&sort=nothing": "minPrice sort",
	} {
		answer := ask(t, h, query)
		var fields []string
		body, _ := answer.Body.(map[string]any)
		problems, _ := body["errors"].([]any)
		for _, p := range problems {
			fields = append(fields, fmt.Sprint(p.(map[string]any)["field"]))
		}
		if got := strings.Join(fields, " "); got != want || answer.StatusCode != 400 {
			t.Errorf("%s: status %d, problems of %q, want %q", query, answer.StatusCode, got, want)
		}
	}
}

// TestClockBehind: versions stay in order when a clock is wrong, and someone is told.
func TestClockBehind(t *testing.T) {
	t.Parallel()
	for ahead, told := range map[time.Duration]bool{domain.MaxClockSkew - time.Second: false, domain.MaxClockSkew + time.Second: true} {
		p := inMemory()
		it, err := item.New("01KDVJ2K000000000000000001", domain.Caller{ID: renter}, item.Owner{},
			item.Draft{Name: "Drill", Lat: ptr(1.0), Lng: ptr(1.0)}, domain.Stamp{Time: now.Add(ahead)})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.store.Create(t.Context(), it); err != nil {
			t.Fatal(err)
		}
		for _, c := range apigatewaytest.Cases(t, root, "items") {
			if c.Name != "patch-name" {
				continue
			}
			var out strings.Builder
			answer := apigatewaytest.Invoke(t, newHandler(p, &out), "invocation-1", c.Event)
			if got := strings.Contains(out.String(), "clock behind stored versions"); answer.StatusCode != 200 || got != told {
				t.Errorf("%v behind: status %d, told %t", ahead, answer.StatusCode, got)
			}
		}
	}
}
