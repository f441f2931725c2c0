package lab

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"rental.example/testdata/peers/users"
)

// Engines is a DynamoDB and an OpenSearch that know one profile and ten items of five owners.
type Engines struct {
	DynamoDB, OpenSearch *httptest.Server
}

// StartEngines starts both on the loopback interface.
func StartEngines() Engines {
	return Engines{
		DynamoDB:   httptest.NewServer(http.HandlerFunc(dynamoDB)),
		OpenSearch: httptest.NewServer(openSearch()),
	}
}

// StartServices starts both as a function on Lambda finds them: over TLS, under a name, and with a delay before each
// response.
func StartServices(trust *Trust, delay time.Duration) Engines {
	start := func(handler http.Handler) *httptest.Server {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(delay)
			handler.ServeHTTP(w, r)
		}))
		server.TLS = &tls.Config{Certificates: []tls.Certificate{trust.server}}
		server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0) // of functions that are killed
		server.StartTLS()
		server.URL = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
		return server
	}
	return Engines{DynamoDB: start(http.HandlerFunc(dynamoDB)), OpenSearch: start(openSearch())}
}

// CloseConnections closes all connections, as services do with those that are idle for long.
func (e Engines) CloseConnections() {
	e.DynamoDB.CloseClientConnections()
	e.OpenSearch.CloseClientConnections()
}

// Close ends both.
func (e Engines) Close() {
	e.DynamoDB.Close()
	e.OpenSearch.Close()
}

// dynamoDB answers as the service does, with its request id and checksum. An update finds the profile there
// and returns what it was.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
func dynamoDB(w http.ResponseWriter, r *http.Request) {
	request, _ := io.ReadAll(r.Body)
	answer, status := []byte(`{"__type":"com.amazonaws.dynamodb.v20120810#ValidationException","message":"unknown"}`), http.StatusBadRequest
	switch target := r.Header.Get("X-Amz-Target"); strings.TrimPrefix(target, "DynamoDB_20120810.") {
	case "UpdateItem":
		answer, status = encode(object{"Attributes": storedProfile()}), http.StatusOK
	case "GetItem":
		answer, status = encode(itemOf(request)), http.StatusOK
	}
	h := w.Header()
	h.Set("Server", "Server")
	h.Set("Content-Type", "application/x-amz-json-1.0")
	h.Set("X-Amzn-Requestid", "4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG")
	h.Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(answer)), 10))
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

// itemOf is the response to a GetItem: the stored profile, or an object without an item where the id is another one.
func itemOf(request []byte) object {
	var wanted struct {
		Key map[string]struct{ S string }
	}
	if err := json.Unmarshal(request, &wanted); err != nil || wanted.Key["id"].S != users.IDOf(Caller) {
		return object{}
	}
	return object{"Item": storedProfile()}
}

func storedProfile() object {
	text := func(s string) object { return object{"S": s} }
	number := func(s string) object { return object{"N": s} }
	return object{
		"id": text(users.IDOf(Caller)), "sub": text(Caller), "name": text("Jane Doe"), "email": text("jane@example.com"), "emailVerified": object{"BOOL": false},
		"userType": text("renter"), "ratings": number("12.5"), "typeShard": text("renter#07"), "version": number("1767225600000000"),
		"createdAt": number("1767225600000000"), "updatedAt": number("1767225600000000"), "requestId": text(someID),
	}
}

// openSearch answers searches and look-ups of owners. It has no document, and nothing to say to any other GET.
func openSearch() http.Handler {
	found := encode(searchAnswer())
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, data []byte) {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		_, _ = w.Write(data)
	}
	mux.HandleFunc("POST /items/_search", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		answer(w, found)
	})
	mux.HandleFunc("POST /items-owners/_mget", func(w http.ResponseWriter, r *http.Request) {
		var wanted struct{ IDs []string }
		if err := json.NewDecoder(r.Body).Decode(&wanted); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		docs := make([]object, 0, len(wanted.IDs))
		for _, id := range wanted.IDs {
			docs = append(docs, ownerDocument(id))
		}
		answer(w, encode(object{"docs": docs}))
	})
	mux.HandleFunc("GET /{index}/_doc/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write(encode(object{"_index": r.PathValue("index") + "-v1", "_id": r.PathValue("id"), "found": false}))
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) { answer(w, []byte("{}")) })
	return mux
}

func ownerID(n int) string { return fmt.Sprintf("%d2222222-2222-4222-8222-222222222222", n) }

func ownerDocument(id string) object {
	return object{
		"_index": "items-owners-v1", "_id": id, "_version": 3, "_seq_no": 41, "_primary_term": 1, "found": true,
		"_source": object{"id": id, "version": 1767225600000000, "name": "Max Mustermann " + id[:1], "ratings": 87.25, "deleted": 0},
	}
}

func searchAnswer() object {
	hits := make([]object, 10)
	for i := range hits {
		hits[i] = searchHit(i)
	}
	bucket := func(key string, count int) object { return object{"key": key, "doc_count": count} }
	terms := func(buckets ...object) object {
		return object{"doc_count_error_upper_bound": 0, "sum_other_doc_count": 0, "buckets": buckets}
	}
	return object{
		"took": 7, "timed_out": false, "_shards": object{"total": 1, "successful": 1, "skipped": 0, "failed": 0},
		"hits": object{"total": object{"value": 10, "relation": "eq"}, "max_score": nil, "hits": hits},
		"aggregations": object{
			"category": terms(bucket("power-tools", 8), bucket("garden", 2)),
			"tags":     terms(bucket("diy", 10), bucket("loud", 5), bucket("outdoor", 2)),
		},
	}
}

func searchHit(i int) object {
	id := fmt.Sprintf("01KDVJ2K00000000000000000%d", i)
	moment := 1767225600000000 + int64(i)*60_000_000
	source := object{
		"id": id, "ownerId": ownerID(i % 5), "ownerVersion": 1767225600000000,
		"name":     fmt.Sprintf("Bosch drill %d with hammer action", i),
		"details":  "Hammer action, two batteries and a case; a set of bits for wood, stone and metal is in it. Über 20 Jahre bewährt.",
		"category": "power-tools", "tags": []string{"diy", "loud"}, "priceCents": 1250 + 50*i,
		"location": object{"lat": 52.52 + float64(i)/200, "lon": 13.405 + float64(i)/150},
		"version":  moment, "createdAt": moment, "updatedAt": moment, "requestId": someID,
		"draft": "416a943d8a5029d1413a512e7386762296c087e175e2e4f5d845565a56ab2e08",
	}
	return object{"_index": "items-v1", "_id": id, "_score": nil, "_source": source, "sort": []any{338.5 + 700.25*float64(i), id}}
}
