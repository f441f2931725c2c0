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

// page is the part of a response to a search that paging is about.
type page struct {
	Items  []struct{ ID string }
	Next   string
	Facets *struct{} // on the first page only
}

// invokeSearch sends a search to a handler.
func invokeSearch(t testing.TB, h lambda.Handler, query string) apigatewaytest.Response {
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
	response := invokeSearch(t, h, query)
	body, err := json.Marshal(response.Body)
	if err == nil {
		err = json.Unmarshal(body, &p)
	}
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, p
}

// TestPages follows cursors through every order, with pages of one size and of changing sizes: each item is returned once,
// in the order of one large page, and facets only on the first page.
func TestPages(t *testing.T) {
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
				for _, itm := range got.Items {
					ids = append(ids, itm.ID)
				}
				if next = ""; got.Next != "" {
					next = "&cursor=" + got.Next
				}
			}
			var want []string
			for _, itm := range whole.Items {
				want = append(want, itm.ID)
			}
			if !slices.Equal(ids, want) {
				t.Errorf("%s, limits %v: %v, want %v", query, limits, ids, want)
			}
		}
	}
}

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

// TestParameterProblems checks that parameters that cannot be parsed cause no further problems.
func TestParameterProblems(t *testing.T) {
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
		response := invokeSearch(t, h, query)
		var fields []string
		body, _ := response.Body.(map[string]any)
		problems, _ := body["errors"].([]any)
		for _, p := range problems {
			fields = append(fields, fmt.Sprint(p.(map[string]any)["field"]))
		}
		if got := strings.Join(fields, " "); got != want || response.StatusCode != 400 {
			t.Errorf("%s: status %d, problems of %q, want %q", query, response.StatusCode, got, want)
		}
	}
}

// TestClockSkew checks that a clock far behind the stored versions is logged.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	for ahead, logged := range map[time.Duration]bool{domain.MaxClockSkew - time.Second: false, domain.MaxClockSkew + time.Second: true} {
		p := inMemory()
		itm, err := item.New("01KDVJ2K000000000000000001", domain.Caller{ID: renter}, item.Owner{},
			item.Draft{Name: "Drill", Lat: ptr(1.0), Lng: ptr(1.0)}, domain.Stamp{Time: now.Add(ahead)})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.store.Create(t.Context(), itm); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		response := apigatewaytest.Invoke(t, newHandler(p, &out), "invocation-1", apigatewaytest.Event(t, root, "items", "patch-name"))
		if got := strings.Contains(out.String(), "clock behind stored versions"); response.StatusCode != 200 || got != logged {
			t.Errorf("%v behind: status %d, logged %t", ahead, response.StatusCode, got)
		}
	}
}
