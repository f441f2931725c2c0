package functions_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"rental.example/adapters/samtest"
)

// workflow is what these tests look at of a workflow of GitHub Actions.
type workflow struct {
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]job    `yaml:"jobs"`
}

type job struct {
	Needs       names             `yaml:"needs"`
	If          string            `yaml:"if"`
	Uses        string            `yaml:"uses"`
	Environment string            `yaml:"environment"`
	Permissions map[string]string `yaml:"permissions"`
	With        map[string]string `yaml:"with"`
	Steps       []step            `yaml:"steps"`
}

type step struct {
	Uses string         `yaml:"uses"`
	Run  string         `yaml:"run"`
	With map[string]any `yaml:"with"`
}

// names is one name or a list of them.
type names []string

// UnmarshalYAML takes either.
func (n *names) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*n = names{node.Value}
		return nil
	}
	return node.Decode((*[]string)(n))
}

// workflows are the texts of all, by file name.
func workflows(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	files, err := fs.Glob(os.DirFS(filepath.Join(samtest.Root(t), ".github/workflows")), "*.yml")
	if err != nil || len(files) < 3 {
		t.Fatalf("workflows: %v, %v", files, err)
	}
	for _, file := range files {
		texts[file] = samtest.ReadFile(t, ".github/workflows/"+file)
	}
	return texts
}

// TestWorkflows checks all workflows by workflowFindings, and the two that deploy by releaseFindings.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	texts := workflows(t)
	for file, text := range texts {
		for _, f := range workflowFindings(text) {
			t.Errorf(".github/workflows/%s: %s", file, f)
		}
	}
	for _, f := range releaseFindings(texts["deploy.yml"], texts["environment.yml"]) {
		t.Error(f)
	}
}

// TestWorkflowsNegative: each rule sees the workflow that breaks it.
func TestWorkflowsNegative(t *testing.T) {
	t.Parallel()
	texts := workflows(t)
	for name, mutant := range map[string]struct{ file, old, new, want string }{
		"old subject":     {"deploy.yml", "repo:OWNER@OWNERID/NAME@REPOSITORYID:", "repo:OWNER/NAME:", "no token of a repository made since 2026-07-15"},
		"a moving tag":    {"deploy.yml", "checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "checkout@v7", "pin it"},
		"no version":      {"deploy.yml", " # v7.0.1", "", "pin it"},
		"token kept":      {"deploy.yml", "persist-credentials: false", "persist-credentials: true", "persist-credentials"},
		"write":           {"deploy.yml", "permissions:\n  contents: read", "permissions:\n  contents: write", "contents:write"},
		"no gate":         {"deploy.yml", "needs: verify", "needs: []", "CI has passed"},
		"prod first":      {"deploy.yml", "needs: [build, staging]", "needs: build", "prod has to wait for staging"},
		"other bytes":     {"deploy.yml", "config-env: prod\n      digest: ${{ needs.build.outputs.digest }}", "config-env: prod\n      digest: x", "prod deploys"},
		"built twice":     {"environment.yml", "release plan", "release plan && sam build", "builds once more"},
		"digest":          {"environment.yml", `release unpack build.tar "$DIGEST"`, "true", "digest"},
		"unseen":          {"environment.yml", "    needs: plan\n", "", "before the change set is shown"},
		"approved before": {"environment.yml", "environment: ${{ inputs.environment }}-plan", "environment: ${{ inputs.environment }}", "approval"},
		"no approval":     {"environment.yml", "environment: ${{ inputs.environment }}\n", "environment: other\n", "approval"},
		"deploys again":   {"environment.yml", `release apply "$CHANGE_SET"`, "sam deploy", "execute the change set"},
		"no e2e":          {"environment.yml", `make e2e STACK="$STACK"`, "true", "make e2e"},
		"injection":       {"environment.yml", `"$CHANGE_SET"`, "${{ needs.plan.outputs.change-set }}", "an expression in a script"},
	} {
		mutated := map[string]string{"deploy.yml": texts["deploy.yml"], "environment.yml": texts["environment.yml"]}
		mutated[mutant.file] = strings.Replace(mutated[mutant.file], mutant.old, mutant.new, 1)
		if mutated[mutant.file] == texts[mutant.file] {
			t.Errorf("%s: %q is not in %s", name, mutant.old, mutant.file)
		}
		found := slices.Concat(workflowFindings(mutated["deploy.yml"]), workflowFindings(mutated["environment.yml"]),
			releaseFindings(mutated["deploy.yml"], mutated["environment.yml"]))
		if got := strings.Join(found, "\n"); !strings.Contains(got, mutant.want) {
			t.Errorf("%s: got %q, want %q in it", name, got, mutant.want)
		}
	}
}

var (
	usesLine   = regexp.MustCompile(`(?m)^\s*(?:- )?uses: (.+)$`)
	pinned     = regexp.MustCompile(`^([\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/workflows/[a-z]+\.yml)$`)
	oldSubject = regexp.MustCompile(`repo:[\w.-]+/[\w.-]+:environment`)
)

// mayHave are the permissions that a job may have.
var mayHave = []string{"contents: read", "actions: read", "id-token: write"}

// workflowFindings are what is unsafe in any workflow.
func workflowFindings(text string) []string {
	var found []string
	var w workflow
	if err := yaml.Unmarshal([]byte(text), &w); err != nil {
		return []string{err.Error()}
	}
	for _, m := range usesLine.FindAllStringSubmatch(text, -1) {
		if !pinned.MatchString(m[1]) {
			found = append(found, m[1]+" can change: pin it, as owner/name@COMMIT # vX.Y.Z")
		}
	}
	if old := oldSubject.FindString(text); old != "" {
		found = append(found, old+" is the old form of the OIDC subject, which no token of a repository made since 2026-07-15 has: "+
			"write repo:OWNER@OWNERID/NAME@REPOSITORYID:environment:...")
	}
	if len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
		found = append(found, fmt.Sprintf("all jobs have the permissions %v: contents: read is enough, and a job says itself what it needs", w.Permissions))
	}
	for name, j := range w.Jobs {
		for scope, level := range j.Permissions {
			if p := scope + ": " + level; !slices.Contains(mayHave, p) || scope == "id-token" && j.Environment == "" && j.Uses == "" {
				found = append(found, fmt.Sprintf("job %s has the permission %s, which it does not need", name, p))
			}
		}
		for _, s := range j.Steps {
			if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != false {
				found = append(found, "job "+name+" leaves its token in the clone: persist-credentials: false")
			}
			if strings.Contains(s.Run, "${{") {
				found = append(found, "job "+name+" has an expression in a script, whose value could be code: pass it by env")
			}
		}
	}
	return found
}

// releaseFindings are what is wrong with the way to prod: CI has passed, one build for staging and prod, the change set
// seen before the approval and no other executed, and then the end-to-end suite.
func releaseFindings(deployText, environmentText string) []string {
	var deploy, environment workflow
	if err := yaml.Unmarshal([]byte(deployText), &deploy); err != nil {
		return []string{err.Error()}
	}
	if err := yaml.Unmarshal([]byte(environmentText), &environment); err != nil {
		return []string{err.Error()}
	}
	return slices.Concat(orderFindings(deploy), approvalFindings(environment, environmentText))
}

// demands collects sentences about what does not hold.
type demands []string

func (d *demands) that(holds bool, format string, args ...any) {
	if !holds {
		*d = append(*d, fmt.Sprintf(format, args...))
	}
}

// orderFindings are what is wrong with the order of the environments, and with what they get.
func orderFindings(deploy workflow) []string {
	var found demands
	build := deploy.Jobs["build"]
	found.that(slices.Contains(build.Needs, "verify") && runs(deploy.Jobs["verify"], "release verify") >= 0,
		"deploy.yml: build has to wait for verify, so that only what CI has passed is deployed")
	found.that(runs(build, "sam build") >= 0 && runs(build, "release pack") > runs(build, "sam build"), "deploy.yml: build has to pack what it builds")
	for _, name := range []string{"dev", "staging", "prod"} {
		j := deploy.Jobs[name]
		found.that(j.With["environment"] == name && j.With["digest"] == "${{ needs.build.outputs.digest }}" && slices.Contains(j.Needs, "build"),
			"deploy.yml: %s deploys something else than what build made: %v", name, j.With)
	}
	found.that(slices.Contains(deploy.Jobs["prod"].Needs, "staging") && deploy.Jobs["prod"].If == "",
		"deploy.yml: prod has to wait for staging, and to be left out where that was")
	return found
}

// approvalFindings are what is wrong with the way of one environment.
func approvalFindings(environment workflow, text string) []string {
	var found demands
	plan, apply := environment.Jobs["plan"], environment.Jobs["deploy"]
	found.that(!strings.Contains(text, "sam build"), "environment.yml: builds once more, so prod would not get the bytes that staging ran")
	found.that(runs(plan, `release unpack build.tar "$DIGEST"`) >= 0, "environment.yml: plan has to compare the build with its digest")
	found.that(runs(plan, "release plan") > runs(plan, "release unpack"), "environment.yml: plan has to make the change set of what it unpacked")
	found.that(slices.Contains(apply.Needs, "plan"), "environment.yml: deploy would be approved before the change set is shown: it needs plan")
	found.that(plan.Environment == "${{ inputs.environment }}-plan" && apply.Environment == "${{ inputs.environment }}",
		"environment.yml: the approval is the environment's, which deploy alone names; plan has ENVIRONMENT-plan")
	found.that(runs(apply, `release apply "$CHANGE_SET"`) >= 0, "environment.yml: deploy has to execute the change set that was shown, and make no other")
	found.that(runs(apply, `make e2e STACK="$STACK"`) > runs(apply, "release apply"), "environment.yml: make e2e has to follow the deployment")
	return found
}

// runs is the index of the step whose script has a text, or -1.
func runs(j job, text string) int {
	return slices.IndexFunc(j.Steps, func(s step) bool { return strings.Contains(s.Run, text) })
}
