package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"rental.example/adapters/cloudwatch"
	"rental.example/functions/local/cognito"
	"rental.example/functions/local/gateway"
	"rental.example/functions/local/pipeline"
	"rental.example/functions/local/sandbox"
	"rental.example/functions/local/template"
)

// system is all parts of the runner, wired.
type system struct {
	pool      *cognito.Pool
	lambda    *sandbox.Service
	functions map[string]sandbox.Function // by name
	gateway   *gateway.Gateway
	events    *pipeline.Pipeline

	recorder *recorder // nil without -record
}

func newSystem(ctx context.Context, o options, functions map[string]constructor, address string, stderr io.Writer) (*system, error) {
	logger := cloudwatch.NewLogger(stderr, o.logLevel, "local")
	now, newID, newEventID := time.Now, newUUID, newUUID // the user pool always has the real clock, like its clients
	s := &system{lambda: &sandbox.Service{Logger: logger}}
	if o.record != "" {
		r, err := newRecorder(o.record, logger)
		if err != nil {
			return nil, err
		}
		now, newID, newEventID, s.lambda.Record, s.recorder = r.now, r.newID, new(sequence).next, r.record, r
	}
	issuer := "http://" + address + "/" + cognito.PoolID
	var err error
	if s.pool, err = newPool(cognito.Options{Issuer: issuer, Logger: logger}, o.demo); err != nil {
		return nil, err
	}
	s.events = pipeline.New(o.template, pipeline.Config{Lambda: s.lambda, NewID: newEventID, Speed: o.speed})
	stores, err := newStores(ctx, o, s.events, logger)
	if err != nil {
		return nil, err
	}
	for _, u := range o.template.Unsupported {
		reportUnsupported(stderr, u)
	}
	b := builder{o, functions, dependencies{stores: stores, events: s.events, now: now, newID: newID}, stderr}
	if s.functions, err = b.functions(); err != nil {
		return nil, err
	}
	s.events.Connect(s.functions, stores.source())
	s.gateway = gateway.New(gateway.Config{
		Functions: s.api(o.template), Lambda: s.lambda,
		Authorizer:    &gateway.Authorizer{Issuer: issuer, Audience: cognito.ClientID, Key: s.pool.Key, Now: time.Now},
		AllowedOrigin: o.template.AllowedOrigin, Now: now, NewID: newID, Logger: logger,
	})
	return s, nil
}

// api returns the functions with routes.
func (s *system) api(t *template.Template) (all []gateway.Function) {
	for _, f := range t.Functions {
		if function, ok := s.functions[f.Name]; ok && len(f.Routes) > 0 {
			all = append(all, gateway.Function{Function: function, Routes: f.Routes})
		}
	}
	return all
}

// startEvents delivers events until the returned function is called, which waits for what is in flight.
func (s *system) startEvents() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.events.Run(ctx) })
	return func() {
		cancel()
		running.Wait()
		s.lambda.Wait()
	}
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

// handler serves the user pool's API and documents, the runner's own endpoints, Lambda's API, and the API. It is not an
// http.ServeMux, which would redirect paths that API Gateway does not redirect. Pages of other origins cannot purge queues
// or invoke functions.
func (s *system) handler(loopback bool, banner string) http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	operations := sameOrigin.Handler(operations{s.events}.handler())
	invocations := sameOrigin.Handler(invocations{lambda: s.lambda, functions: s.functions, newID: newUUID}.handler())
	var all http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case path == "/" && r.Method == http.MethodGet:
			_, _ = io.WriteString(w, banner)
		case path == "/", strings.HasPrefix(path, "/"+cognito.PoolID+"/"):
			s.pool.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/_local/"):
			operations.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/2015-03-31/"):
			invocations.ServeHTTP(w, r)
		default:
			s.gateway.ServeHTTP(w, r)
		}
	})
	if loopback {
		return requireLoopbackHost(all)
	}
	return all
}

// newUUID returns a random UUID (RFC 9562, version 4).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
