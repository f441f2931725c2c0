package lab

import (
	"bytes"
	"strings"
)

// GlobalVariable is the value of an environment variable in the Globals section of a SAM template: what every function
// gets. It is "" where the section does not have it. The value must be on one line.
func GlobalVariable(template []byte, name string) string {
	within := false
	for raw := range bytes.Lines(template) {
		line := strings.TrimRight(string(raw), "\r\n")
		if line != "" && line[0] != ' ' && line[0] != '#' {
			within = line == "Globals:"
		}
		value, found := strings.CutPrefix(strings.TrimSpace(line), name+":")
		if !within || !found {
			continue
		}
		value, _, _ = strings.Cut(value, " #")
		return strings.Trim(strings.TrimSpace(value), `"'`)
	}
	return ""
}
