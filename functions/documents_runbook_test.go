package functions_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const runbookName = "functions/RUNBOOK.md"

// generalSections are the headings of the runbook's pages that are about no alarm.
var generalSections = []string{"Tools", "Change a limit at once", "Return to the version before", "failed deployment"}

var (
	runbookPage = regexp.MustCompile(`^functions/RUNBOOK(-[A-Z]+)?\.md$`)
	inRunbook   = regexp.MustCompile(`(functions/RUNBOOK(?:-[A-Z]+)?\.md), (.+)$`)
	makeInAlarm = regexp.MustCompile(`make ([a-z][a-z-]*(?: [A-Z]+=\w+)*)`)
)

// runbook: an alarm that names a page of it names a heading there, and a heading that is not a general one is named by
// an alarm. An alarm that names none of the pages is reported for the first.
func (d *documents) runbook(p page) (problems []string) {
	if !runbookPage.MatchString(p.name) {
		return nil
	}
	named := slices.Clone(d.general)
	for _, name := range slices.Sorted(maps.Keys(d.alarms)) {
		section := inRunbook.FindStringSubmatch(d.alarms[name])
		switch {
		case section == nil && p.name == runbookName, section != nil && section[1] == p.name && !p.hasSection(section[2]):
			problems = append(problems, p.problem(1, "the alarm %s names no heading of this page; it says %q, and has to end in %q and a heading of level 2",
				name, d.alarms[name], p.name+", "))
		case section != nil && section[1] == p.name:
			named = append(named, section[2])
		}
	}
	for _, h := range p.headings {
		if h.level == 2 && !slices.Contains(named, h.text) {
			problems = append(problems, p.problem(h.line, "no alarm of template.yaml names %q; have one end in %q, or add it to generalSections",
				h.text, p.name+", "+h.text))
		}
	}
	for _, general := range d.general {
		if p.name == runbookName && !p.hasSection(general) {
			problems = append(problems, p.problem(1, "generalSections has %q, which is no heading of level 2", general))
		}
	}
	return problems
}

// alarmPages are the pages of the runbook that alarms name.
func (d *documents) alarmPages() []string {
	var pages []string
	for _, text := range d.alarms {
		if section := inRunbook.FindStringSubmatch(text); section != nil && !slices.Contains(pages, section[1]) {
			pages = append(pages, section[1])
		}
	}
	return pages
}

func (p page) hasSection(text string) bool {
	return slices.ContainsFunc(p.headings, func(h heading) bool { return h.level == 2 && h.text == text })
}

// TestAlarmsSayWhatToDo: what alarms say to make, there is: targets, variables and queues. That each names a heading of
// the runbook is seen by TestDocuments.
func TestAlarmsSayWhatToDo(t *testing.T) {
	t.Parallel()
	d := loadDocuments(t)
	for _, problem := range d.makeInAlarms() {
		t.Error(problem)
	}
}

func (d *documents) makeInAlarms() (problems []string) {
	for _, name := range slices.Sorted(maps.Keys(d.alarms)) {
		for _, m := range makeInAlarm.FindAllStringSubmatch(d.alarms[name], -1) {
			for _, wrong := range d.makeProblems(strings.Fields(m[1])) {
				problems = append(problems, "template.yaml, "+name+": "+wrong)
			}
		}
	}
	return problems
}

// TestAlarmsSayWhatToDoNegative: an alarm that says to make what there is not is found.
func TestAlarmsSayWhatToDoNegative(t *testing.T) {
	t.Parallel()
	d := loadDocuments(t)
	for text, want := range map[string]string{
		"then make peek STACK=x. Go on": "", "then make queue.": "there is no make queue", "make peek QUEUE=Gone, then": "no queue Gone",
	} {
		d.alarms = map[string]string{"A": text}
		if got := strings.Join(d.makeInAlarms(), "\n"); got != "" != (want != "") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
