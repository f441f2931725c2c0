package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rental.example/functions/local/sandbox"
)

// services are the functions, by the names of their folders.
func services() []string { return []string{"users", "items", "userevents", "itemsync", "republish"} }

// serviceOf is the folder of a function, which is called by that or by its name in template.yaml: itemsync, ItemSyncFunction.
func serviceOf(name string) string { return strings.TrimSuffix(strings.ToLower(name), "function") }

// crashes are the invocations that are to fail, by service. It is a flag.Value of the form
// userevents:3,itemsync:2-4,itemsync:7! where the exclamation mark is for after the work.
type crashes map[string][]sandbox.Crash

// String implements flag.Value.
func (c crashes) String() string { return "" }

// Set implements flag.Value.
func (c crashes) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		service, when, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok {
			return fmt.Errorf("%q: want a function and which invocation of it, such as itemsync:1", part)
		}
		if service = serviceOf(service); !slices.Contains(services(), service) {
			return fmt.Errorf("%q is none of the functions %s; names of template.yaml, such as ItemSyncFunction, are taken too",
				part, strings.Join(services(), ", "))
		}
		crash, err := parseCrash(when)
		if err != nil {
			return fmt.Errorf("%q: %w", part, err)
		}
		c[service] = append(c[service], crash)
	}
	return nil
}

func parseCrash(when string) (sandbox.Crash, error) {
	when, after := strings.CutSuffix(when, "!")
	first, last, isRange := strings.Cut(when, "-")
	if !isRange {
		last = first
	}
	from, err1 := strconv.Atoi(first)
	to, err2 := strconv.Atoi(last)
	switch {
	case err1 != nil || err2 != nil || from < 1:
		return sandbox.Crash{}, errors.New("want the number of an invocation, from 1, or a range such as 2-4; behind it ! for a crash after the work")
	case to < from:
		return sandbox.Crash{}, fmt.Errorf("the range ends before it begins: %d is less than %d", to, from)
	}
	return sandbox.Crash{From: from, To: to, AfterWork: after}, nil
}
