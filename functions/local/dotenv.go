package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxDotEnv is more than any such file needs, in bytes.
const maxDotEnv = 1 << 20

// readDotEnv reads lines of the form NAME=value with one of the names. It ignores export before a name, quotes around a value, comments and blank
// lines. A malformed line is an error, and an unknown name is a warning. A missing file is empty.
func readDotEnv(path string, names []string) (values map[string]string, warnings []string, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, nil
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular(): // reading a pipe would wait for a writer
		return nil, nil, fmt.Errorf("%s is not a regular file (%s): want a file of lines NAME=value", path, info.Mode().Type())
	case info.Size() > maxDotEnv:
		return nil, nil, fmt.Errorf("%s has %d bytes: want a file of lines NAME=value", path, info.Size())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) || bytes.ContainsRune(text, 0) {
		return nil, nil, fmt.Errorf("%s is not in UTF-8: save it as such (Windows PowerShell: Out-File -Encoding utf8)", path)
	}
	values = map[string]string{}
	for i, line := range strings.Split(string(text), "\n") {
		name, value, err := parseLine(strings.TrimSpace(line), names)
		switch known := slices.Contains(names, name); {
		case err != nil:
			return nil, nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		case name != "" && !known:
			warnings = append(warnings, fmt.Sprintf("%s:%d: %s is not read here; the names are %s",
				path, i+1, name, strings.Join(names, ", ")))
		case known:
			values[name] = value
		}
	}
	return values, warnings, nil
}

var (
	assignmentForm = regexp.MustCompile(`^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$`)
	quotedForm     = regexp.MustCompile(`^(?:"([^"]*)"|'([^']*)')\s*(?:#.*)?$`)
	commentForm    = regexp.MustCompile(`(?:^|\s+)#.*$`)
)

// parseLine returns no name for a blank line or a comment.
func parseLine(line string, names []string) (name, value string, err error) {
	if line == "" || line[0] == '#' {
		return "", "", nil
	}
	parts := assignmentForm.FindStringSubmatch(line)
	if parts == nil {
		return "", "", errors.New("want NAME=value, such as LOG_LEVEL=DEBUG")
	}
	name, value = parts[1], parts[2]
	if strings.HasPrefix(value, `"`) || strings.HasPrefix(value, "'") {
		quoted := quotedForm.FindStringSubmatch(value)
		if quoted == nil {
			return "", "", fmt.Errorf(`%s: want one quote at either end of the value and none within, such as %s="value"`, name, name)
		}
		value = quoted[1] + quoted[2]
	} else {
		value = commentForm.ReplaceAllString(value, "")
	}
	if slices.Contains(names, name) && strings.Contains(value, "$") && !strings.HasPrefix(parts[2], "'") {
		return "", "", fmt.Errorf("%s: variables are not replaced here; write the value itself, without $", name)
	}
	return name, value, nil
}
