package functions_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// sample is a page that one check complains about, once, in words that begin with want; or none does.
type sample struct{ page, text, want string }

// TestDocumentChecks: each check finds what it is there for, and nothing in a page that is right.
func TestDocumentChecks(t *testing.T) {
	t.Parallel()
	d := loadDocuments(t)
	d.alarms = map[string]string{"DeadAlarm": "Look with make peek QUEUE=X. functions/RUNBOOK.md, dead events"}
	d.general = []string{"Start here"}
	samples := linkSamples()
	maps.Copy(samples, commandSamples())
	maps.Copy(samples, d.tableSamples())
	_, path, _ := strings.Cut(d.routes[0], " ")
	names := strings.NewReplacer("{queue}", slices.Sorted(maps.Keys(of(d.template, "AWS::SQS::Queue")))[0],
		"{service}", slices.Sorted(maps.Keys(services()))[0], "{root}", "/"+strings.Split(path, "/")[1],
		"{request}", strings.ReplaceAll(d.routes[0], "{id}", "1"))
	for name, s := range samples {
		t.Run(name, func(t *testing.T) {
			problems := d.check(newPage(s.page, names.Replace(s.text)))
			if s.want == "" && len(problems) > 0 || s.want != "" && (len(problems) != 1 || !strings.HasPrefix(problems[0], s.page+":"+names.Replace(s.want))) {
				t.Errorf("got %q, want %q and nothing else", problems, s.want)
			}
		})
	}
}

func linkSamples() map[string]sample {
	const page = "functions/sample.md"
	return map[string]sample{
		"links": {page, "# A\n\n[a](#b-c), [b](../README.md), [c](local), ![text](../openapi.yaml)\n\n## B `c`\n\n" +
			"[![text](../go.mod)](https://example.com/none \"title\")\n", ""},
		"no such file":          {page, "# A\n\n[a](nowhere.go)", `3: link to "nowhere.go": there is no functions/nowhere.go`},
		"no such anchor":        {page, "# A\n\n## B, c\n\n[a\nb](#b--c)", `5: link to "#b--c": no heading of functions/sample.md has the anchor #b--c; it has #a #b-c`},
		"anchor elsewhere":      {page, "[a](../README.md#no-such)", `1: link to "../README.md#no-such": no heading of README.md`},
		"anchor of code":        {page, "[a](../go.mod#L3)", `1: link to "../go.mod#L3": go.mod has no headings`},
		"from the root":         {page, "[a](/go.mod)", `1: link to "/go.mod": write it relative`},
		"out of the repository": {page, "[a](../../issues)", `1: link to "../../issues": it leads out`},
		"label":                 {page, "[a][b]", "1: a reference link or HTML"},
		"no picture":            {page, "[![a](no.png)](../go.mod)", `1: link to "no.png": there is no`},
		"no alt text":           {page, "![](../go.mod)", "1: the image ../go.mod has no alt text"},
		"deep heading":          {page, "# A\n\n#### B", "3: a heading of level 4"},
		"not a heading":         {page, "```text\n#### B\n```\n\n    #### C\n\n- a\n\n      #### D\n\n<!--\n#### E\n-->\n", ""},
		"contents":              {page, "# A\n\n[B](#b) [B](#b-1) [B](#b-2) [B](#b-3) [B](#b-4) [B](#b-5) [B](#b-6)\n" + strings.Repeat("\n## B\n", 7), ""},
		"no contents":           {page, "# A\n\n[B](#b)\n" + strings.Repeat("\n## B\n", 7), "5: 7 parts, and no contents that link to all; write before the first: [B](#b-1) · [B](#b-2)"},
		"long README":           {"README.md", "# " + strings.Repeat("a", readmeSize), "1: 9002 bytes, at most 9000"},
		"long page":             {page, "# " + strings.Repeat("a", pageSize), "1: 10002 bytes, at most 10000"},
		"no alarm":              {runbookName, "## dead events\n## Start here\n## quiet events\n", `3: no alarm of template.yaml names "quiet events"`},
		"no section":            {runbookName, "## Start here\n", "1: the alarm DeadAlarm names no heading"},
		"no general section":    {runbookName, "## dead events\n", `1: generalSections has "Start here"`},
		"runbook":               {runbookName, "## dead events\n## Start here\n", ""},
	}
}

func commandSamples() map[string]sample {
	const page = "functions/sample.md"
	return map[string]sample{
		"commands": {page, "`make peek QUEUE={queue}`, `functions/NAME/bootstrap`, `functions/*_test.go`, `local/main.go`,\n" +
			"`./functions/local/...`, `{request}`, `GET /_local/queues/X`\n\n```sh\ngo run ./functions/local -addr=x -demo=false\n" +
			"go test -v ./functions/{service} -update\n```\n\n```sh\nsed -i.bak 's/a/b/' x | grep -E x\n```\n", ""},
		"make":                 {page, "`make queue`", "1: there is no make queue; the Makefile has "},
		"make in a block":      {page, "```sh\ncd x && make queue\n```", "2: there is no make queue"},
		"make wrapped":         {page, "`testdata/engines/with opensearch make\nbench-mark`", "1: there is no make bench-mark"},
		"variable of make":     {page, "`make redrive NAME={queue}`", "1: make redrive does not read NAME; it reads AWS_REGION, QUEUE, STACK"},
		"variable of another":  {page, "`make test STACK=x`", "1: make test does not read STACK"},
		"queue":                {page, "`make redrive QUEUE=NoQueue`", "1: template.yaml has no queue NoQueue"},
		"path":                 {page, "see `functions/nowhere/x.txt`.", "1: there is no functions/nowhere/x.txt"},
		"folder":               {page, "`./functions/nowhere/...`", "1: there is no ./functions/nowhere/..."},
		"name":                 {page, "`bar/main.go`", "1: there is no bar/main.go"},
		"path in a block":      {page, "    sam local invoke --event testdata/events/no.json\n", "1: there is no testdata/events/no.json"},
		"glob":                 {page, "`testdata/*.jsn`", "1: there is no testdata/*.jsn"},
		"request":              {page, "`GET {root}/1/2/3`", "1: no route serves GET {root}/1/2/3"},
		"operation":            {page, "`POST\n/_local/queue/X/redrive`", "1: no route serves POST /_local/queue/X/redrive"},
		"request of an engine": {page, "`PUT /other/_doc/1`, `POST {root}/_search`", ""},
		"flag":                 {page, "```sh\ngo run ./functions/local -port 1\n```", "2: functions/local has no flag -port; it has -addr"},
		"flag of a test":       {page, "`go test ./functions/{service} -renew`", "1: go test has no flag -renew"},
		"flag of a script":     {page, "`testdata/checks/contract --seeds 3`", "1: testdata/checks/contract has no flag --seeds"},
		"flag alone":           {"functions/local/sample.md", "`-demo`, `-port :1`", "1: no program on this page has a flag -port"},
		"GNU sed":              {page, "```sh\ngrep -l x . | xargs sed -i 's/a/b/'\n```", "2: sed -i differs"},
		"GNU program":          {page, "`tac x`", "1: tac is missing on macOS"},
		"not run":              {page, "    curl localhost:8080/items\n", "1: this block calls the API and is not run"},
		"pipeline":             {page, "```sh\ngit grep -l localhost:8080 | xargs wc -l\n```", ""},
		"mixed":                {page, "```sh\nmake run\ncurl localhost:8080/items\n```", "1: make is not run by the test, curl is"},
	}
}

// tableSamples are the tables as they have to be, and with a row too few, too many, or wrong.
func (d *documents) tableSamples() map[string]sample {
	const page, routeHeader, header = "functions/sample.md", "| route | does |\n|---|---|\n", "| variable | used by | meaning |\n|---|---|---|\n"
	var routes, variables string
	for _, route := range d.routes[1:] {
		routes += "| `" + route + "` | something |\n"
	}
	for _, name := range slices.Sorted(maps.Keys(d.variables)) {
		if name != "LOG_LEVEL" {
			variables += "| `" + name + "` | " + d.usersOf(name) + " | something |\n"
		}
	}
	var calls, flags string
	for _, call := range d.runner[1:] {
		calls += "| `" + call + "` | something |\n"
	}
	for _, flag := range d.flagsOf("functions/local", false) {
		flags += "| `-" + flag + " X` | something |\n"
	}
	last := strings.LastIndex(strings.TrimSpace(flags), "\n") + 1
	first := "| `" + d.routes[0] + "` | something |\n"
	const level = "| `LOG_LEVEL` | all | something |\n"
	return map[string]sample{
		"tables":         {page, routeHeader + first + routes + "\n" + header + level + variables, ""},
		"route lacking":  {page, routeHeader + routes, "1: the table of routes lacks " + d.routes[0]},
		"route too many": {page, routeHeader + "| `GET /orders` | something |\n" + first + routes, "3: the code has no route GET /orders"},
		"calls":          {page, routeHeader + "| `" + d.runner[0] + "` | something |\n" + calls, ""},
		"call lacking":   {page, routeHeader + calls, "1: the table lacks " + d.runner[0]},
		"flags":          {"functions/local/sample.md", "| flag | does |\n|---|---|\n" + flags, ""},
		"flag lacking":   {"functions/local/sample.md", "| flag | does |\n|---|---|\n" + flags[:last], "1: the table of flags lacks -"},
		"lacking":        {page, header + variables, "1: the table of variables lacks LOG_LEVEL, used by " + d.usersOf("LOG_LEVEL")},
		"too many":       {page, header + "| `DATABASE_URL` | all | something |\n" + level + variables, "3: DATABASE_URL is read by no function"},
		"used by":        {page, header + "| `LOG_LEVEL` | all but `local` | x |\n" + variables, "3: LOG_LEVEL is used by " + d.usersOf("LOG_LEVEL") + "; the table says"},
		"used by whom":   {page, header + "| `LOG_LEVEL` | all but orders | x |\n" + level + variables, `3: used by "orders": write all`},
	}
}
