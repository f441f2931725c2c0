package functions_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	fileName    = regexp.MustCompile(`^[\w.*-][\w.*/-]*\w*\.(go|ya?ml|json|md|toml|mod|sum|py|sh|txt|png|svg|html)$`)
	placeholder = regexp.MustCompile(`[A-Z]{2,}`)
	lineNumber  = regexp.MustCompile(`:\d+(-\d+)?$`)
	identifier  = regexp.MustCompile(`\.[A-Z]\w*$`)
)

// paths: what looks like a path of the repository is one. A star stands for anything within a name, so do three dots
// and a placeholder in capitals: functions/NAME/bootstrap.
func (d *documents) paths(p page) (problems []string) {
	for _, c := range p.commands() {
		for _, word := range c.words {
			for _, part := range strings.Split(word, "=") {
				if name, ok := d.pathLike(part); ok && !d.exists(name, path.Dir(p.name)) {
					problems = append(problems, p.problem(c.line, "there is no %s; write a path from the root, or from this page, or NAME for what differs", part))
				}
			}
		}
	}
	return problems
}

// pathLike is the path in a word, and whether it is one: it begins with a folder of the top level, or names a file by
// an ending that the repository has.
func (d *documents) pathLike(word string) (string, bool) {
	if strings.Contains(word, "://") || strings.ContainsAny(word, "<>{}$?,' ") {
		return "", false
	}
	name := strings.TrimPrefix(strings.TrimRight(word, ".:…"), "@")
	name = lineNumber.ReplaceAllString(strings.TrimPrefix(name, "./"), "")
	name, _, _ = strings.Cut(name, "#")
	name = strings.TrimRight(name, "/")
	top, _, nested := strings.Cut(name, "/")
	switch {
	case top == "" || slices.Contains(d.ignored, top):
		return "", false
	case nested && d.files[top]:
		return name, true
	}
	return name, fileName.MatchString(name)
}

// exists looks for a path from the root, from the folder of the page and, where no folder of the top level is named,
// anywhere: profile.go, user/profile.go.
func (d *documents) exists(name, folder string) bool {
	candidates := []string{name, identifier.ReplaceAllString(name, "")}
	for _, candidate := range candidates {
		if d.files[candidate] || d.files[path.Join(folder, candidate)] {
			return true
		}
	}
	top, _, nested := strings.Cut(name, "/")
	anywhere := !nested || !d.files[top]
	pattern := placeholder.ReplaceAllString(strings.ReplaceAll(name, "...", "*"), "*")
	for file := range d.files {
		if anywhere {
			file = tail(file, 1+strings.Count(pattern, "/"))
		}
		if matches, err := path.Match(pattern, file); err == nil && matches {
			return true
		}
	}
	below, err := path.Match(pattern, path.Join(folder, "x"))
	return err == nil && below
}

// tail is the last parts of a path.
func tail(file string, parts int) string {
	all := strings.Split(file, "/")
	return strings.Join(all[max(0, len(all)-parts):], "/")
}

// requestLine is a request as pages write it: METHOD /path.
var requestLine = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE) (/[^\s?]*)`)

// operations: a request to this API, or to the local runner below /_local, is one that is served.
func (d *documents) operations(p page) (problems []string) {
	for _, s := range p.spans {
		m := requestLine.FindStringSubmatch(s.text)
		if m == nil || !d.ownPath(m[2]) {
			continue
		}
		if !slices.ContainsFunc(append(slices.Clone(d.routes), d.runner...), func(known string) bool { return sameRoute(known, m[1]+" "+m[2]) }) {
			problems = append(problems, p.problem(s.line, "no route serves %s %s; write a route of the code, or of functions/local", m[1], m[2]))
		}
	}
	return problems
}

// ownPath reports whether a path begins as one of this API's or the runner's: others are of engines.
func (d *documents) ownPath(name string) bool {
	first, rest, _ := strings.Cut(strings.TrimPrefix(name, "/"), "/")
	return first == "_local" || !strings.HasPrefix(rest, "_") && slices.ContainsFunc(d.routes, func(route string) bool {
		_, known, _ := strings.Cut(route, "/")
		known, _, _ = strings.Cut(known, "/")
		return known == first
	})
}

// sameRoute compares part by part: {name} stands for anything.
func sameRoute(route, request string) bool {
	want, got := strings.Split(route, "/"), strings.Split(request, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}
