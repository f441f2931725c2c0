package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/testdata/peers/lab"
)

// cost is what one invocation takes inside of a process, from the bytes of an event to those of the answer.
type cost struct {
	CPU         time.Duration // collection of garbage included
	Allocations float64
	Bytes       float64
}

// invocations are how many a process measures, after as many as warm it.
const invocations = 4000

// measureInside has a process of this program, with one processor as functions are deployed, measure a stack.
func measureInside(ctx context.Context, stack string, event []byte) (c cost, err error) {
	self, err := os.Executable()
	if err != nil {
		return cost{}, err
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, self, "-invoke", stack)
	cmd.Env, cmd.Stdin, cmd.Stderr = []string{"GOMAXPROCS=1"}, bytes.NewReader(event), &stderr
	out, err := cmd.Output()
	if err != nil {
		return cost{}, fmt.Errorf("invoke %s: %w\n%s", stack, err, stderr.String())
	}
	err = json.Unmarshal(out, &c)
	return c, err
}

// invoke measures a stack in this process with the event on standard input.
func invoke(stack string, in io.Reader, out io.Writer) error {
	event, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	handler, err := handlerOf(stack)
	if err != nil {
		return err
	}
	if err := repeat(handler, event, contexts("warm")); err != nil {
		return err
	}
	measured := contexts("measured")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start, err := lab.CPU(os.Getpid())
	if err != nil {
		return err
	}
	if err := repeat(handler, event, measured); err != nil {
		return err
	}
	end, err := lab.CPU(os.Getpid())
	if err != nil {
		return err
	}
	runtime.ReadMemStats(&after)
	return json.NewEncoder(out).Encode(cost{
		CPU:         (end - start) / invocations,
		Allocations: float64(after.Mallocs-before.Mallocs) / invocations,
		Bytes:       float64(after.TotalAlloc-before.TotalAlloc) / invocations,
	})
}

// contexts are those of invocations, which the runtime makes.
func contexts(name string) []context.Context {
	all := make([]context.Context, invocations)
	for n := range all {
		all[n] = lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{AwsRequestID: name + strconv.Itoa(n)})
	}
	return all
}

func repeat(handler lambda.Handler, event []byte, contexts []context.Context) error {
	for _, ctx := range contexts {
		answer, err := handler.Invoke(ctx, event)
		if err != nil {
			return err
		}
		if !accepted(answer) {
			return fmt.Errorf("the answer is %s", answer)
		}
	}
	return nil
}

// accepted reports whether an answer of a function tells of success.
func accepted(answer []byte) bool {
	return bytes.HasPrefix(answer, []byte(`{"statusCode":20`))
}
