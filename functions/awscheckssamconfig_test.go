package functions_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// TestConfigFile: each environment of samconfig.toml names what it must, with values that template.yaml takes and SAM
// passes on whole; sam build and sam deploy read the same.
func TestConfigFile(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, samtest.ReadFile(t, "samconfig.toml"))
	for _, problem := range config.problems(mustParse(t, samtest.ReadFile(t, "template.yaml"))) {
		t.Error(problem)
	}
}

// misleading are what no document may say to do, and why.
var misleading = map[string]string{
	"--guided": "samconfig.toml has all parameters, and a guided deployment writes a second list of parameters into it, for sam deploy alone: sam build and sam deploy are enough",
	"=cron(":   `SAM ends the value at its first space: write '...="cron(...)"', with quotes within quotes`,
	"=rate(":   `SAM ends the value at its first space: write '...="rate(...)"', with quotes within quotes`,
}

// TestDocumentedDeployments: what documents and scripts say about deploying arrives as it is meant.
func TestDocumentedDeployments(t *testing.T) {
	t.Parallel()
	documents := 0
	err := fs.WalkDir(os.DirFS(samtest.Root(t)), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", ".aws-sam", "node_modules"}, entry.Name()):
			return fs.SkipDir
		case entry.IsDir() || !slices.Contains([]string{".md", ".yml", ".yaml", ".toml"}, filepath.Ext(path)) && entry.Name() != "Makefile":
			return nil
		}
		documents++
		for n, line := range strings.Split(samtest.ReadFile(t, path), "\n") {
			for text, why := range misleading {
				if strings.Contains(line, text) {
					t.Errorf("%s:%d says %s: %s", path, n+1, text, why)
				}
			}
		}
		return nil
	})
	if err != nil || documents == 0 {
		t.Errorf("%d documents: %v", documents, err)
	}
}

// problems are what is wrong with samconfig.toml, as sentences.
func (c config) problems(template map[string]any) (found []string) {
	parameters, _ := template["Parameters"].(map[string]any)
	for _, environment := range c.environments() {
		overrides, _ := c.overrides(environment, "global")
		given, wrong := splitOverrides(overrides)
		wrong = append(wrong, unknownParameters(parameters, given)...)
		wrong = append(wrong, unnamed(given)...)
		wrong = append(wrong, c.forks(environment, overrides)...)
		tags, _ := splitOverrides([]string{fmt.Sprint(c[environment+".deploy.parameters"]["tags"])})
		if tags["stage"] != given["Stage"] || tags["app"] == "" {
			wrong = append(wrong, fmt.Sprintf(`the deploy table wants tags = "app=rental stage=%s": they stand here, since a tag on a function makes a deployment fail`, given["Stage"]))
		}
		for _, problem := range wrong {
			found = append(found, "samconfig.toml, "+environment+": "+problem)
		}
	}
	return found
}

func unknownParameters(declared map[string]any, given map[string]string) (found []string) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		p, ok := declared[name].(map[string]any)
		if !ok {
			found = append(found, "template.yaml has no parameter "+name)
		} else if problem := parameterProblem(p, given[name]); problem != "" {
			found = append(found, name+" "+problem)
		}
	}
	return found
}

// unnamed are parameters that an environment must name, since what it leaves out is not the default for an existing
// stack but the earlier value.
func unnamed(given map[string]string) (found []string) {
	wanted := []string{"Stage", "Architecture", "OpenSearchMode"}
	if given["Stage"] == "prod" {
		wanted = append(wanted, "Gradual")
	}
	for _, name := range wanted {
		if given[name] == "" {
			found = append(found, "names no "+name+": sam deploy keeps an existing stack's earlier value of a parameter that is not named, so name it")
		}
	}
	return found
}

// forks are the commands that would read other parameters than the others do.
func (c config) forks(environment string, overrides []string) (found []string) {
	for _, table := range slices.Sorted(maps.Keys(c)) {
		command, ok := strings.CutPrefix(strings.TrimSuffix(table, ".parameters"), environment+".")
		if own, has := c.overrides(environment, command); ok && has && command != "global" && !slices.Equal(own, overrides) {
			found = append(found, fmt.Sprintf("[%s] has parameter_overrides of its own: sam build and sam deploy would read different lists, and deploy "+
				"what was built for another processor; have them in [%s.global.parameters] alone", table, environment))
		}
		if ok && c[table]["guided"] != nil {
			found = append(found, fmt.Sprintf("[%s] sets guided, which writes parameter_overrides of its own into this file: leave it out", table))
		}
	}
	return found
}
