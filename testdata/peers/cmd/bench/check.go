package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"rental.example/testdata/peers/lab"
)

// refusal is a request that every stack has to refuse, and the status by which it does.
type refusal struct {
	name   string
	event  []byte
	status int
}

func refusedSaves() []refusal {
	with := func(name, body string, status int) refusal { return refusal{name, lab.Save(body), status} }
	profile := func(old, new string) string { return strings.Replace(lab.Profile, old, new, 1) }
	return []refusal{
		{"no token", lab.Anonymous(), 401},
		with("no JSON", "{", 400),
		with("unknown field", profile(`"name"`, `"surname":"x","name"`), 400),
		with("wrong type", profile("25.0", `"25"`), 400),
		with("no name", profile("john", ""), 422),
		with("long name", profile("john", strings.Repeat("é", 101)), 422),
		with("no e-mail", profile("doe@gmail.com", "doe"), 422),
		with("ratings", profile("25.0", "100.5"), 422),
		with("no type", profile("renter", "owner"), 422),
	}
}

func refusedSearches() []refusal {
	with := func(name, value string) refusal {
		query := lab.Nearby()
		query[name] = value
		return refusal{name + "=" + value, lab.Search(query), 400}
	}
	half := lab.Nearby()
	delete(half, "lng")
	return []refusal{
		with("lat", "91"), with("lat", "x"), with("limit", "51"), with("sort", "name"), with("radiusKm", "501"),
		{"half a place", lab.Search(half), 400},
	}
}

// check compares the responses of all stacks.
func (f functions) check(ctx context.Context) error {
	if err := check(ctx, f.users, lab.Save(lab.Profile), refusedSaves()); err != nil {
		return err
	}
	return check(ctx, f.items, lab.Search(lab.Nearby()), refusedSearches())
}

// check holds every stack's answers against ours, and fails where one does not do the same job.
func check(ctx context.Context, stacks map[string]lab.Function, event []byte, refused []refusal) error {
	want, err := answerOf(ctx, stacks[ours], event)
	if err != nil {
		return err
	}
	for stack, function := range stacks {
		if stack == hellos || stack == hellosOne || stack == hellocalls {
			continue
		}
		got, err := answerOf(ctx, function, event)
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(got, want) {
			return fmt.Errorf("%s answers\n%v\nand we answer\n%v", stack, got, want)
		}
		for _, r := range refused {
			got, err := answerOf(ctx, function, r.event)
			if err != nil {
				return err
			}
			if got.status != r.status {
				return fmt.Errorf("%s answers %s with %d, want %d", stack, r.name, got.status, r.status)
			}
		}
	}
	return nil
}

// answer is what a client sees of an answer.
type answer struct {
	status  int
	headers map[string]string
	body    any
}

func answerOf(ctx context.Context, f lab.Function, event []byte) (answer, error) {
	usage, err := f.Run(ctx, event, 1, 1)
	if err != nil {
		return answer{}, err
	}
	var raw struct {
		StatusCode        int
		Headers           map[string]string
		MultiValueHeaders map[string][]string
		Body              string
	}
	if err := json.Unmarshal(usage.Answer, &raw); err != nil {
		return answer{}, err
	}
	headers := maps.Clone(raw.Headers)
	if headers == nil {
		headers = map[string]string{}
	}
	for name, lines := range raw.MultiValueHeaders {
		headers[name] = strings.Join(lines, ", ")
	}
	a := answer{status: raw.StatusCode, headers: make(map[string]string, len(headers))}
	for name, value := range headers {
		a.headers[strings.ToLower(name)] = value
	}
	err = json.Unmarshal([]byte(raw.Body), &a.body)
	a.forget()
	return a, err
}

// forget leaves out what the time of a write decides, and what the gateway counts itself.
func (a *answer) forget() {
	delete(a.headers, "content-length")
	if _, ok := a.headers["etag"]; ok {
		a.headers["etag"] = "the version"
	}
	if body, ok := a.body.(map[string]any); ok && body["updatedAt"] != nil {
		body["updatedAt"] = "the time of the write"
	}
}
