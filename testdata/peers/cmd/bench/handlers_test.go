package main

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"rental.example/testdata/peers/lab"
)

func TestEveryStackAcceptsTheEvent(t *testing.T) {
	t.Parallel()
	for _, stack := range []string{ours, seeds, gins, raws, hellos} {
		handler, err := handlerOf(stack)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := handler.Invoke(context.Background(), lab.Save(lab.Profile))
		if err != nil || !accepted(answer) {
			t.Errorf("%s answers %s, %v", stack, answer, err)
		}
	}
}

func TestInvokeMeasuresAllocations(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := invoke(hellos, bytes.NewReader(lab.Save(lab.Profile)), &out); err != nil {
		t.Fatal(err)
	}
	var c cost
	if err := json.Unmarshal(out.Bytes(), &c); err != nil {
		t.Fatal(err)
	}
	if c.CPU <= 0 || c.Allocations < 1 || c.Bytes < 1000 {
		t.Errorf("an invocation costs %+v", c)
	}
}
