package functions_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// config is samconfig.toml: values by table and key.
type config map[string]map[string]any

var (
	tableLine = regexp.MustCompile(`^\[([A-Za-z0-9_.-]+)\]$`)
	keyLine   = regexp.MustCompile(`(?s)^([A-Za-z0-9_-]+)\s*=\s*(.+)$`)
	tomlText  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'`)
)

// parseConfig reads the part of TOML that samconfig.toml is written in: tables; strings, numbers, booleans and lists
// of strings.
func parseConfig(t *testing.T, text string) config {
	t.Helper()
	c, table, open := config{}, "", ""
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(open + " " + withoutComment(line))
		if bare := tomlText.ReplaceAllString(line, ""); strings.Count(bare, "[") > strings.Count(bare, "]") {
			open = line
			continue
		}
		open = ""
		switch m := keyLine.FindStringSubmatch(line); {
		case line == "":
		case tableLine.MatchString(line):
			table = tableLine.FindStringSubmatch(line)[1]
			if c[table] == nil {
				c[table] = map[string]any{}
			}
		case m != nil && table == "":
		case m != nil:
			c[table][m[1]] = tomlValue(m[2])
		default:
			t.Fatalf("samconfig.toml, line %d is neither a table nor a key: %s", n+1, line)
		}
	}
	return c
}

// withoutComment is a line up to the first # outside of quotes.
func withoutComment(line string) string {
	masked := tomlText.ReplaceAllStringFunc(line, func(q string) string { return strings.Repeat("x", len(q)) })
	if i := strings.Index(masked, "#"); i >= 0 {
		return line[:i]
	}
	return line
}

func tomlValue(text string) any {
	if !strings.HasPrefix(text, "[") {
		if q := tomlText.FindString(text); q == text {
			return tomlString(q)
		}
		return text
	}
	list := []string{}
	for _, q := range tomlText.FindAllString(text, -1) {
		list = append(list, tomlString(q))
	}
	return list
}

func tomlString(q string) (s string) {
	if q[0] == '\'' || json.Unmarshal([]byte(q), &s) != nil {
		return q[1 : len(q)-1]
	}
	return s
}

// environments are the names that --config-env takes, in order.
func (c config) environments() []string {
	found := map[string]bool{}
	for table := range c {
		environment, _, _ := strings.Cut(table, ".")
		found[environment] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// overrides are the parameter_overrides that a command reads: its own table's or, if that has none, the global one's.
func (c config) overrides(environment, command string) (list []string, own bool) {
	for i, table := range []string{command, "global"} {
		switch v := c[environment+"."+table+".parameters"]["parameter_overrides"].(type) {
		case []string:
			return v, i == 0
		case string:
			return []string{v}, i == 0
		}
	}
	return nil, false
}

// override is a parameter as SAM's option finds it: a value in quotes, or up to the first space.
var override = regexp.MustCompile(`^([A-Za-z0-9]+)=("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\\.|[^ "\\])+)(?: +|$)`)

// unescapes are what SAM replaces in a value.
var unescapes = strings.NewReplacer(`\ `, " ", `\"`, `"`, `\'`, "'")

// splitOverrides are the parameters that SAM passes on, and what it loses of a list.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html
func splitOverrides(list []string) (given map[string]string, lost []string) {
	given = map[string]string{}
	for _, item := range list {
		for rest := item; rest != ""; {
			m := override.FindStringSubmatch(rest)
			if m == nil {
				name, value, _ := strings.Cut(item, "=")
				lost = append(lost, fmt.Sprintf(`SAM ends the value of %s at a space or a quote and loses %q: write '%s="%s"', with quotes within quotes`,
					name, rest, name, strings.Trim(value, `"'`)))
				break
			}
			value := m[2]
			if value[0] == '"' || value[0] == '\'' {
				value = value[1 : len(value)-1]
			}
			given[m[1]] = unescapes.Replace(value)
			rest = rest[len(m[0]):]
		}
	}
	return given, lost
}
