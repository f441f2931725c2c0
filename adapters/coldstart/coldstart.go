// Package coldstart does work before a function's first event.
//
// Until a function asks for its first event, Lambda gives it at least one whole processor; afterwards the share that
// its memory buys, 0.145 of one with 256 MB. Reading the root certificates, connecting and the TLS handshake take about
// 10 ms of processor time: the first caller would wait seven times as long for them.
//
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
package coldstart

import (
	"context"
	"time"
)

// Deadline is how long WarmUp waits at most. A store in the same region responds within a few milliseconds, and Lambda
// ends a start that takes 10 seconds and repeats it within the first invocation.
const Deadline = time.Second

// WarmUp calls each of reads once, all at the same time, and returns when all have returned, or after Deadline, when
// their context ends. A read is a cheap one, through the client that the handlers use. Its error is ignored, since a
// function has to start whether or not a store responds: the first event gets the error, if it is still there. A read that
// ignores the end of its context goes on after WarmUp has returned.
//
// Call it before lambda.Start.
func WarmUp(reads ...func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), Deadline)
	defer cancel()
	done := make(chan struct{}, len(reads))
	for _, read := range reads {
		go func() {
			_ = read(ctx)
			done <- struct{}{}
		}()
	}
	for range reads {
		select {
		case <-done:
		case <-ctx.Done():
			return
		}
	}
}
