package functions_test

import (
	"fmt"
	"strings"
	"testing"
)

// settings are what samconfig.toml lacks beside the parameters, which TestConfigFile checks: what each deployment of
// roles and packages needs, and the variables of each local invocation.
func (tr *tree) settings(t *testing.T) (found []string) {
	t.Helper()
	const file = "samconfig.toml"
	c := parseConfig(t, tr.files[file])
	lacks := func(table, key string, value any, write string) {
		if text := fmt.Sprint(value); !strings.Contains(text, write) {
			found = append(found, fmt.Sprintf("%s: [%s] has %s = %v: write %s", file, table, key, value, write))
		}
	}
	for _, environment := range c.environments() {
		table := environment + ".deploy.parameters"
		lacks(table, "capabilities", c[table]["capabilities"], "CAPABILITY_IAM")
		lacks(table, "resolve_s3", c[table]["resolve_s3"], "true")
	}
	for _, table := range sortedKeys(c) {
		if !strings.Contains(table, ".local_") {
			continue
		}
		if name := fmt.Sprint(c[table]["env_vars"]); tr.files[name] == "" {
			found = append(found, fmt.Sprintf("%s: [%s] has env_vars = %s, and there is no such file: write testdata/env.json", file, table, name))
		}
		lacks(table, "add_host", c[table]["add_host"], "host.docker.internal")
	}
	return found
}
