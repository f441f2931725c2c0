package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cloudwatch"
	"rental.example/functions/items"
	"rental.example/functions/local/cognito"
	"rental.example/functions/local/gateway"
	"rental.example/functions/users"
)

// system is everything that runs, wired.
type system struct {
	pool      *cognito.Pool
	functions []gateway.Function
	gateway   *gateway.Gateway
}

func newSystem(ctx context.Context, o options, address string, stderr io.Writer) (*system, error) {
	logger := cloudwatch.NewLogger(stderr, o.logLevel, "local")
	now, newID := time.Now, newUUID // of the API; the user pool's stay, since its clients have clocks too
	var record func(string, []byte, []byte)
	if o.record != "" {
		r, err := newRecorder(o.record, logger)
		if err != nil {
			return nil, err
		}
		now, newID, record = r.now, r.newID, r.record
	}
	issuer := "http://" + address + "/" + cognito.PoolID
	pool, err := newPool(cognito.Options{Issuer: issuer, Logger: logger}, o.demo)
	if err != nil {
		return nil, err
	}
	profiles, err := newUserStore(ctx, o)
	if err != nil {
		return nil, err
	}
	catalog, err := newCatalog(ctx, o)
	if err != nil {
		return nil, err
	}
	functions := []gateway.Function{
		newFunction("users", users.New(profiles, now, logger).Routes(), o, now, stderr),
		newFunction("items", items.New(catalog, items.Config{Now: now, Random: random(newID), Logger: logger}).Routes(), o, now, stderr),
	}
	return &system{pool: pool, functions: functions, gateway: gateway.New(gateway.Config{
		Functions:     functions,
		Authorizer:    &gateway.Authorizer{Issuer: issuer, Audience: cognito.ClientID, Key: pool.Key, Now: time.Now},
		AllowedOrigin: o.origin, Now: now, NewID: newID, Logger: logger, Record: record,
	})}, nil
}

func newPool(o cognito.Options, demo bool) (*cognito.Pool, error) {
	pool, err := cognito.New(o)
	if err != nil || !demo {
		return pool, err
	}
	for _, u := range demoUsers() {
		if err := pool.Add(u); err != nil {
			return nil, fmt.Errorf("demo user %s: %w", u.Email, err)
		}
	}
	return pool, nil
}

func (s *system) routes() (all []apigateway.Route) {
	for _, f := range s.functions {
		all = append(all, f.Routes...)
	}
	return all
}

// handler is everything behind the one address: the user pool's API and documents, the runner's own
// endpoints, and the API. It is no http.ServeMux, which would redirect paths that API Gateway does not.
func (s *system) handler(addr net.Addr, screen string) http.Handler {
	var all http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case path == "/" && r.Method == http.MethodGet:
			_, _ = io.WriteString(w, screen) // what the terminal showed
		case path == "/", strings.HasPrefix(path, "/"+cognito.PoolID+"/"):
			s.pool.ServeHTTP(w, r)
		case path == "/_local/health":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"status":"ok"}`+"\n")
		default:
			s.gateway.ServeHTTP(w, r)
		}
	})
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsLoopback() {
		return loopbackOnly(all)
	}
	return all
}

// newUUID is a random UUID (RFC 9562, version 4), as request ids are.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
