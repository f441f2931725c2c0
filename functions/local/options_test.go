package main

import (
	"context"
	"flag"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOptionErrors(t *testing.T) {
	t.Parallel()
	used, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { used.Close() }) // after the subtests
	other, port := usedPort(t, used)
	for want, tt := range map[string]struct {
		args []string
		env  map[string]string
	}{
		"the address is in use":                                 {args: []string{"-addr", used.Addr().String()}},
		"-addr localhost:" + port + ": the address is in use (": {args: []string{"-addr", other}},
		"-addr nowhere: want a host and":                        {args: []string{"-addr", "nowhere"}},
		"-addr 8081: want a host and a port":                    {args: []string{"-addr", "8081"}},
		"-addr http://localhost:8081: want a":                   {args: []string{"-addr", "http://localhost:8081"}},
		"-addr http://localhost: want a host":                   {args: []string{"-addr", "http://localhost"}},
		"-addr localhost:: want a port from":                    {args: []string{"-addr", "localhost:"}},
		"-addr localhost:65536: want a port":                    {args: []string{"-addr", "localhost:65536"}},
		"-addr ::1:8080: want a host and":                       {args: []string{"-addr", "::1:8080"}},
		"this machine has no such address":                      {args: []string{"-addr", "192.0.2.7:0"}},
		`unexpected argument "8081"`:                            {args: []string{"8081"}},
		"-addr is empty":                                        {args: []string{"-addr", ""}},
		"-dynamodb foo: want a URL":                             {args: []string{"-dynamodb", "foo"}},
		"-opensearch foo: want a URL":                           {args: []string{"-opensearch", "foo"}},
		"ALLOWED_ORIGIN must be an origin":                      {env: map[string]string{"ALLOWED_ORIGIN": "*"}},
		"LOG_LEVEL must be DEBUG, INFO, WARN":                   {env: map[string]string{"LOG_LEVEL": "LOUD"}},
		"-speed 0: want 1":                                      {args: []string{"-speed", "0"}},
		"-dynamodb http://127.0.0.1:1":                          {args: []string{"-addr", "localhost:0", "-dynamodb", "http://127.0.0.1:1"}},
		"-fail: sync is none of the functions users, userevents, itemsync, republish, items": {args: []string{"-fail", "sync:1"}},
		"-template nowhere.yaml: open": {args: []string{"-template", "nowhere.yaml"}},
		flag.ErrHelp.Error():           {args: []string{"-help"}},
		errUsage.Error():               {args: []string{"-port", "1"}},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // in case it starts
			defer cancel()
			err := run(ctx, tt.args, func(name string) string { return tt.env[name] }, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %q", err, want)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	got := faults{}
	if err := got.Set("userevents:3,itemsync:2-4, ItemSyncFunction:7!"); err != nil {
		t.Fatal(err)
	}
	want := faults{"userevents": {{From: 3, To: 3}}, "itemsync": {{From: 2, To: 4}, {From: 7, To: 7, AfterWork: true}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for text, want := range map[string]string{
		"": "want a function", "itemsync": "want a function and which invocation",
		"itemsync:": "want the number", "itemsync:0": "want the number", "itemsync:x": "want the number", "itemsync:1-": "want the number",
		"itemsync:-1": "want the number", "itemsync:+1": "want the number", "itemsync:1-02": "want the number",
		"itemsync:3-2": "ends before it begins", "itemsync:1,": "want a function", "itemsync:!": "want the number",
	} {
		if err := (faults{}).Set(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
