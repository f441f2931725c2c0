package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rental.example/functions/local/sandbox"
	"rental.example/functions/local/template"
)

// faults are the injected faults by the folder of the function. It is a flag.Value of the form userevents:3,itemsync:2-4,itemsync:7! where !
// means after the work.
type faults map[string][]sandbox.Fault

// String implements flag.Value.
func (f faults) String() string { return "" }

// Set implements flag.Value.
func (f faults) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		function, invocations, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok {
			return fmt.Errorf("%q: want a function and which invocation of it, such as itemsync:1", part)
		}
		fault, err := parseFault(invocations)
		if err != nil {
			return fmt.Errorf("%q: %w", part, err)
		}
		f[template.Folder(function)] = append(f[template.Folder(function)], fault)
	}
	return nil
}

// check returns an error if a function is none of the template's.
func (f faults) check(functions []template.Function) error {
	var folders []string
	for _, function := range functions {
		folders = append(folders, template.Folder(function.Name))
	}
	for folder := range f {
		if !slices.Contains(folders, folder) {
			return fmt.Errorf("-fail: %s is none of the functions %s; names of template.yaml, such as ItemSyncFunction, work too",
				folder, strings.Join(folders, ", "))
		}
	}
	return nil
}

func parseFault(invocations string) (sandbox.Fault, error) {
	invocations, afterWork := strings.CutSuffix(invocations, "!")
	first, last, isRange := strings.Cut(invocations, "-")
	if !isRange {
		last = first
	}
	from, _ := strconv.Atoi(first)
	to, _ := strconv.Atoi(last)
	switch {
	case strconv.Itoa(from) != first || strconv.Itoa(to) != last || from < 1: // also true for what is not a number
		return sandbox.Fault{}, errors.New("want the number of an invocation, from 1, or a range such as 2-4; after it ! for a fault after the work")
	case to < from:
		return sandbox.Fault{}, fmt.Errorf("the range ends before it begins: %d is less than %d", to, from)
	}
	return sandbox.Fault{From: from, To: to, AfterWork: afterWork}, nil
}
