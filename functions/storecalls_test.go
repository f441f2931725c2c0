package functions_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/samtest"
	"rental.example/adapters/snssqs"
	"rental.example/adapters/storecalls"
)

// slowStore responds every request with {} after a time that no clock of a test measures otherwise. It is an HTTP client
// as the SDK takes one, and a transport as OpenSearch's client does.
type slowStore struct{}

const slowness = 70 * time.Millisecond

func (slowStore) Do(r *http.Request) (*http.Response, error) {
	time.Sleep(slowness)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
}

func (s slowStore) RoundTrip(r *http.Request) (*http.Response, error) { return s.Do(r) }

func slowConfig() aws.Config {
	return aws.Config{Region: "eu-west-1", HTTPClient: slowStore{}, Credentials: credentials.NewStaticCredentialsProvider("AKID", "SECRET", "")}
}

// handlersOverSlowStores returns all functions, over the deployed adapters and slow engines.
func handlersOverSlowStores(t *testing.T, out io.Writer) map[string]lambda.Handler {
	t.Helper()
	table := dynamousers.New(dynamo.NewClient(slowConfig()), "users")
	engine, err := opensearchitems.NewClient(opensearch.Config{
		Endpoint: "https://search.invalid", Service: opensearch.ServiceNone, HTTP: slowStore{},
	}, "items", 0)
	if err != nil {
		t.Fatal(err)
	}
	stored := opensearchitems.NewItems(engine)
	return handlers(ports{users: table, records: table,
		topic:       snssqs.NewTopic(snssqs.NewTopicClient(slowConfig()), "arn:aws:sns:eu-west-1:123456789012:topic"),
		deadLetters: snssqs.NewQueue(snssqs.NewQueueClient(slowConfig()), "https://sqs.eu-west-1.amazonaws.com/123456789012/queue"),
		items:       stored, search: stored, holdings: opensearchitems.NewHoldings(engine), owners: opensearchitems.NewOwners(engine),
	}, func(string) io.Writer { return out })
}

// TestStoreCallsOfLines: the lines that one looks at when a function is slow have the calls of its stores and their
// time. Queries to several shards at once, of a listing, are counted each, and their time once.
func TestStoreCallsOfLines(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		function, fixture, message string
		store                      string
		calls, together            int // all of them, and those at the same time
	}{
		"read":        {"users", "get", "request", "dynamodb", 1, 1},
		"listing":     {"users", "list", "request", "dynamodb", 32, 32},
		"search":      {"items", "search-by-newest", "request", "opensearch", 1, 1},
		"published":   {"userevents", "created", "batch stopped", "sns", 1, 1},
		"unreadable":  {"userevents", "sns-down-after-malformed", "batch stopped", "sqs", 1, 1},
		"unapplied":   {"itemsync", "created", "owner event not applied", "opensearch", 1, 1},
		"empty table": {"republish", "", "republished", "dynamodb", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				handler := handlersOverSlowStores(t, &out)[test.function]
				if _, err := handler.Invoke(t.Context(), eventOf(t, test.function, test.fixture)); err != nil {
					t.Fatal(err)
				}
				took := float64(test.calls/test.together) * float64(slowness.Milliseconds())
				want := fmt.Sprintf(`"stores":{"%s":{"calls":%d,"ms":%v}}`, test.store, test.calls, took)
				if line := lineOf(out.String(), test.message); !strings.Contains(line, want) {
					t.Errorf("want %s in the line %q of\n%s", want, test.message, out.String())
				}
			})
		})
	}
}

// eventOf is an event of a function; {} without a name.
func eventOf(t *testing.T, function, name string) []byte {
	t.Helper()
	if name == "" {
		return []byte("{}")
	}
	for _, c := range apigatewaytest.Cases(t, "..", function) {
		if c.Name == name {
			return c.Event
		}
	}
	t.Fatalf("no event %s of %s", name, function)
	return nil
}

func lineOf(output, message string) string {
	for line := range strings.Lines(output) {
		if strings.Contains(line, `"message":"`+message+`"`) {
			return line
		}
	}
	return ""
}

// TestStoreCallsQuery: it shows the attribute of each store that requests call, in the logs of all functions that they
// lead to.
func TestStoreCallsQuery(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	query := template.Properties(t, "StoreCallsQuery")
	text, _ := query["QueryString"].(string)
	for _, store := range []storecalls.Store{storecalls.DynamoDB, storecalls.OpenSearch} {
		for _, member := range []string{"calls", "ms"} {
			if attribute := fmt.Sprintf("stores.%s.%s", store, member); !strings.Contains(text, attribute) {
				t.Errorf("the query store-calls does not show %s:\n%s", attribute, text)
			}
		}
	}
	searched := fmt.Sprint(query["LogGroupNames"])
	for name, f := range of(template, "AWS::Serverless::Function") {
		group := target(samtest.Lookup(f.Properties, "LoggingConfig", "LogGroup"))
		if found := strings.Contains(searched, group); found != (len(apiEvents(f)) > 0) {
			t.Errorf("template.yaml: StoreCallsQuery looks into %s of %s: %t; want that of functions with routes, and no other", group, name, found)
		}
	}
}

// fixtureTime is when the fixtures happen: functions refuse events of another time's future, and that of a bubble of
// testing/synctest is long before.
func fixtureTime() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC) }
